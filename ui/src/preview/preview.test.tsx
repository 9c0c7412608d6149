import { fireEvent, render, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { tinyPdf } from "../../testing/pdf";
import { open as openAt, screen, violations } from "../../testing/render";
import { CommandsProvider } from "../commands/registry";
import { startI18n } from "../i18n";
import { CommandError } from "../ipc/errors";
import { bytesOf, bytesOfText } from "./bytes";
import { type OpenPaper, openPaper, type Paper } from "./paper";
import { Preview } from "./preview";

/** Reads with pdf.js, and notes what is drawn: jsdom has no canvas. `hold`: drawing never ends. */
function watched({ hold = false } = {}) {
  const seen = { drawn: [] as number[], stopped: [] as number[], closed: 0 };
  const open: OpenPaper = async (bytes, signal) => {
    const paper = await openPaper(bytes, signal);
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

async function show(pages: number, how = watched()) {
  await startI18n();
  const user = userEvent.setup();
  const read = async () => tinyPdf(pages);
  const view = render(
    <CommandsProvider singleKeys>
      <Preview name="minutes.pdf" read={read} open={how.open} />
    </CommandsProvider>,
  );
  const scroller = await screen.findByRole("region", { name: "Pages of minutes.pdf" });
  return { user, scroller, seen: how.seen, ...view };
}

it("reads a PDF: how many pages it has, and how large each is", async () => {
  const bytes = tinyPdf(12);
  expect(bytes.length).toBeLessThan(5000);
  const { signal } = new AbortController();
  const paper = await openPaper(bytes, signal);
  expect([paper.pages, paper.cut, paper.first]).toEqual([12, false, { width: 595, height: 842 }]);
  expect(await paper.size(12)).toEqual({ width: 842, height: 595 });
  paper.close();
  await expect(openPaper(Uint8Array.from([37, 80, 68, 70]), signal)).rejects.toThrow();
  await expect(openPaper(bytes, AbortSignal.abort())).rejects.toThrow();
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
  const answers: (() => Promise<Uint8Array>)[] = [
    async () => Uint8Array.from([1, 2, 3]),
    async () => {
      throw new CommandError({ kind: "not_found", detail: { what: "annex", id: "2" } });
    },
    async () => tinyPdf(1),
  ];
  const read = () => answers.shift()!();
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

it("takes bytes as they cross beside JSON, and from a file that the window read", () => {
  expect(bytesOf(new Uint8Array([37, 80]).buffer as unknown as number[])).toEqual(new Uint8Array([37, 80]));
  expect(bytesOf([37, 80])).toEqual(new Uint8Array([37, 80]));
  expect(bytesOfText("JVBERi0=")).toEqual(Uint8Array.from("%PDF-", (letter) => letter.charCodeAt(0)));
});

it("opens from the wrap-up by a key, and Esc leads back", async () => {
  const { user, transport } = await openAt("/meetings/mtg-next/wrap-up", "sealed");
  await screen.findByRole("button", { name: /^Read it here/ });
  await user.keyboard("l");
  expect(await screen.findByRole("group", { name: "Page 1 of 11" })).toBeInTheDocument();
  expect(transport.calls).toContain("documentBytes");
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
  expect(transport.calls).not.toContain("documentBytes");
  await user.click(screen.getByRole("button", { name: /Show its pages/ }));
  expect(await screen.findByRole("group", { name: "Page 1 of 3" })).toBeInTheDocument();
  await user.clear(screen.getByLabelText("File"));
  await user.type(screen.getByLabelText("File"), "/home/ines/broken.pdf{Enter}");
  await screen.findByRole("heading", { name: /broken.pdf is refused/ });
  await user.click(screen.getByRole("button", { name: /Show its pages/ }));
  expect(screen.getByText("The document is refused: what its pages say proves nothing.")).toBeInTheDocument();
  expect(await screen.findByText("The pages of broken.pdf cannot be shown")).toBeInTheDocument();
});
