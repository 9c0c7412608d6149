import { fireEvent, render, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { tinyPdf } from "../../testing/pdf";
import { open as openAt, screen, violations } from "../../testing/render";
import { CommandsProvider } from "../commands/registry";
import { startI18n } from "../i18n";
import { CommandError } from "../ipc/errors";
import { partOf, type Source, wholeOfText } from "./bytes";
import { type OpenPaper, openPaper, type Paper } from "./paper";
import { Preview } from "./preview";
import { discard, prepare, take } from "./ready";

/** Reads with pdf.js, and notes what is drawn: jsdom has no canvas. `hold`: drawing never ends. */
function watched({ hold = false } = {}) {
  const seen = { drawn: [] as number[], stopped: [] as number[], closed: 0 };
  const open: OpenPaper = async (source, signal) => {
    const paper = await openPaper(source, signal);
    const draw: Paper["draw"] = (page, _canvas, _scale, signal) => {
      seen.drawn.push(page);
      if (!hold) return Promise.resolve();
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          seen.stopped.push(page);
          reject(signal.reason);
        });
      });
    };
    const write: Paper["write"] = async (page, layer) => {
      layer.textContent = `Words of page ${page}`;
    };
    const close = () => {
      seen.closed += 1;
      paper.close();
    };
    return { ...paper, draw, write, close };
  };
  return { seen, open };
}

/** A document that is given as a whole. */
function whole(bytes: Uint8Array): Source {
  return async () => ({ pages: 0, bytes });
}

/** A document that is given page by page, and which pages were asked for. */
function apart(pages: number) {
  const asked: number[] = [];
  const source: Source = async (page) => {
    asked.push(page);
    return { pages, bytes: tinyPdf(pages, page) };
  };
  return { asked, source };
}

async function show(pages: number, how = watched(), read = whole(tinyPdf(pages)), prepared: string | null = null) {
  await startI18n();
  const user = userEvent.setup();
  const view = render(
    <CommandsProvider singleKeys>
      <Preview name="minutes.pdf" read={read} prepared={prepared} open={how.open} />
    </CommandsProvider>,
  );
  const scroller = await screen.findByRole("region", { name: "Pages of minutes.pdf" });
  return { user, scroller, seen: how.seen, ...view };
}

it("reads a PDF: how many pages it has, and how large each is", async () => {
  const bytes = tinyPdf(12);
  expect(bytes.length).toBeLessThan(5000);
  const { signal } = new AbortController();
  const paper = await openPaper(whole(bytes), signal);
  expect([paper.pages, paper.cut, paper.first]).toEqual([12, false, { width: 595, height: 842 }]);
  expect(await paper.size(12)).toEqual({ width: 842, height: 595 });
  paper.close();
  await expect(openPaper(whole(Uint8Array.from([37, 80, 68, 70])), signal)).rejects.toThrow();
  await expect(openPaper(whole(bytes), AbortSignal.abort())).rejects.toThrow();
});

it("reads a PDF page by page: none is asked for before it is wanted, nor twice while it is kept", async () => {
  const { asked, source } = apart(12);
  const paper = await openPaper(source, new AbortController().signal);
  expect([paper.pages, paper.cut, paper.first]).toEqual([12, false, { width: 595, height: 842 }]);
  expect(asked).toEqual([1]);
  expect(await paper.size(12)).toEqual({ width: 842, height: 595 });
  expect(await paper.size(7)).toEqual({ width: 595, height: 842 });
  expect(await paper.size(12)).toEqual({ width: 842, height: 595 });
  expect(asked).toEqual([1, 12, 7]);
  paper.drop(12);
  expect(await paper.size(12)).toEqual({ width: 842, height: 595 });
  expect(asked).toEqual([1, 12, 7, 12]);
  paper.close();
});

it("asks again for a page that did not come, and takes none of another document", async () => {
  const good = apart(3);
  const answers: Source[] = [
    good.source,
    async () => {
      throw new Error("gone");
    },
    apart(4).source,
    good.source,
  ];
  const paper = await openPaper((page) => answers.shift()!(page), new AbortController().signal);
  await expect(paper.size(2)).rejects.toThrow("gone");
  await expect(paper.size(2)).rejects.toThrow("another document");
  expect(await paper.size(2)).toEqual({ width: 595, height: 842 });
  paper.close();
});

it("draws the pages in sight, and others only when one goes there", async () => {
  const { user, scroller, seen } = await show(12);
  expect(await screen.findByText("Words of page 1")).toBeInTheDocument();
  expect(screen.getByRole("group", { name: "Page 1 of 12" })).toHaveAttribute("data-drawn");
  expect(screen.getByText("of 12")).toBeInTheDocument();
  expect(Math.max(...seen.drawn)).toBeLessThan(4);
  expect(scroller).toHaveFocus();
  await user.keyboard("t");
  expect(screen.getByLabelText("Page")).toHaveFocus();
  await user.keyboard("9{Enter}");
  fireEvent.scroll(scroller);
  expect(await screen.findByText("Words of page 9")).toBeInTheDocument();
  expect(scroller).toHaveFocus();
  expect(screen.getByLabelText("Page")).toHaveValue("9");
  expect(screen.queryByRole("group", { name: "Page 1 of 12" })).toBeNull();
  expect(seen.drawn).not.toContain(5);
  await user.keyboard("n");
  expect(screen.getByLabelText("Page")).toHaveValue("10");
  await user.keyboard("bb");
  expect(screen.getByLabelText("Page")).toHaveValue("8");
});

it("draws pages that come one by one as those of a whole file", async () => {
  const { asked, source } = apart(12);
  const { user, scroller, seen } = await show(12, watched(), source);
  expect(await screen.findByText("Words of page 1")).toBeInTheDocument();
  await user.keyboard("t9{Enter}");
  fireEvent.scroll(scroller);
  expect(await screen.findByText("Words of page 9")).toBeInTheDocument();
  expect(seen.drawn).not.toContain(5);
  expect(asked).not.toContain(5);
});

it("makes pages larger and smaller by keys, and as wide as the window again", async () => {
  const { user, scroller } = await show(2);
  await screen.findByText("Words of page 1");
  const size = () => screen.getByRole("status").textContent;
  expect(size()).toBe("147 %");
  await user.keyboard("+");
  expect(size()).toBe("184 %");
  await user.keyboard("--");
  expect(size()).toBe("118 %");
  await user.keyboard("0");
  expect(size()).toBe("147 %");
  for (let press = 0; press < 20; press++) await user.keyboard("-");
  expect(size()).toBe("25 %");
  expect(screen.getByRole("button", { name: "Smaller pages" })).toBeDisabled();
  expect(scroller).toBeInTheDocument();
});

it("stops drawing what is no longer looked at, and frees the document when it is left", async () => {
  const { seen, unmount } = await show(12, watched({ hold: true }));
  await waitFor(() => expect(seen.drawn).toContain(1));
  expect(screen.getByRole("group", { name: "Page 1 of 12" })).toHaveAttribute("aria-busy", "true");
  unmount();
  expect(seen.stopped).toContain(1);
  expect(seen.closed).toBe(1);
});

it("says when it is no PDF, or why the program gives none, and tries again", async () => {
  await startI18n();
  const user = userEvent.setup();
  const answers: Source[] = [
    whole(Uint8Array.from([1, 2, 3])),
    async () => {
      throw new CommandError({ kind: "not_found", detail: { what: "annex", id: "2" } });
    },
    whole(tinyPdf(1)),
  ];
  const read: Source = (page) => answers.shift()!(page);
  const { open } = watched();
  render(
    <CommandsProvider singleKeys>
      <Preview name="minutes.pdf" read={read} open={open} />
    </CommandsProvider>,
  );
  expect(await screen.findByRole("alert")).toHaveTextContent("The pages of minutes.pdf cannot be shown");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText(/annex 2 is not here/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Words of page 1")).toBeInTheDocument();
});

it("shows a document that was opened before without asking for its first page again", async () => {
  const { asked, source } = apart(12);
  const { open, seen } = watched();
  prepare("minutes of March", source, open);
  prepare("minutes of March", source, open);
  const { user } = await show(12, watched(), source, "minutes of March");
  expect(await screen.findByText("Words of page 1")).toBeInTheDocument();
  expect(asked.filter((page) => page === 1)).toEqual([1]);
  expect(seen.drawn).toContain(1);
  expect(take("minutes of March")).toBeNull();
  await user.keyboard("n");
  expect(screen.getByLabelText("Page")).toHaveValue("2");
});

it("opens anew what was prepared in vain, and frees what nobody takes", async () => {
  const { open, seen } = watched();
  const gone: Source = async () => {
    throw new Error("gone");
  };
  prepare("gone", gone, open);
  const { source } = apart(3);
  const { unmount } = await show(3, watched(), source, "gone");
  expect(await screen.findByText("Words of page 1")).toBeInTheDocument();
  unmount();
  prepare("first", source, open);
  const first = take("first");
  prepare("second", source, open);
  prepare("third", source, open);
  discard();
  expect(take("third")).toBeNull();
  (await first)?.close();
  await waitFor(() => expect(seen.closed).toBeGreaterThanOrEqual(1));
});

it("takes pages as they cross beside JSON, and a file that the window read", () => {
  const crossed = new Uint8Array([0, 0, 1, 2, 37, 80]);
  const part = { pages: 258, bytes: new Uint8Array([37, 80]) };
  expect(partOf(crossed.buffer as unknown as number[])).toEqual(part);
  expect(partOf([...crossed])).toEqual(part);
  const bytes = Uint8Array.from("%PDF-", (letter) => letter.charCodeAt(0));
  expect(wholeOfText("JVBERi0=")).toEqual({ pages: 0, bytes });
});

it("opens from the wrap-up by a key, and Esc leads back", async () => {
  const { user, transport } = await openAt("/meetings/mtg-next/wrap-up", "sealed");
  await screen.findByRole("button", { name: /^Read it here/ });
  await user.keyboard("l");
  expect(await screen.findByRole("group", { name: "Page 1 of 11" })).toBeInTheDocument();
  expect(transport.calls).toContain("documentPage");
  await waitFor(async () => expect(await violations()).toEqual([]));
  await user.keyboard("{Escape}");
  expect(await screen.findByRole("button", { name: /^Read it here/ })).toBeInTheDocument();
});

it("shows an annex by itself, and says where there is none of that number", async () => {
  const { user } = await openAt("/meetings/mtg-prev/wrap-up");
  await user.click(await screen.findByRole("button", { name: /^Annex 1:\s*Read it here/ }));
  expect(await screen.findByRole("heading", { name: "Annex 1" })).toBeInTheDocument();
  expect(await screen.findByRole("group", { name: "Page 1 of 3" })).toBeInTheDocument();
  window.location.hash = "#/meetings/mtg-prev/wrap-up/pages?annex=2";
  expect(await screen.findByText(/annex 2 is not here/)).toBeInTheDocument();
});

it("shows the pages of a document that was verified, and says of a refused one that they prove nothing", async () => {
  const { user, transport } = await openAt("/verify");
  await user.type(await screen.findByLabelText("File"), "/home/ines/minutes.pdf{Enter}");
  await screen.findByRole("heading", { name: /minutes.pdf holds/ });
  expect(transport.calls).not.toContain("documentPage");
  await user.click(screen.getByRole("button", { name: /Show its pages/ }));
  expect(await screen.findByRole("group", { name: "Page 1 of 3" })).toBeInTheDocument();
  await user.clear(screen.getByLabelText("File"));
  await user.type(screen.getByLabelText("File"), "/home/ines/broken.pdf{Enter}");
  await screen.findByRole("heading", { name: /broken.pdf is refused/ });
  await user.click(screen.getByRole("button", { name: /Show its pages/ }));
  expect(screen.getByText("The document is refused: what its pages say proves nothing.")).toBeInTheDocument();
  expect(await screen.findByText("The pages of broken.pdf cannot be shown")).toBeInTheDocument();
});
