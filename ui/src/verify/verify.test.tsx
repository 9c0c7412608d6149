import { act, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { OTHER_ROOT } from "../../testing/memory/verify";
import { open, screen, violations, within } from "../../testing/render";

it("says in words what a document of this board is, who sealed it, and that its root is the board's own", async () => {
  const { user, transport } = await open("/verify");
  await screen.findByRole("heading", { name: "Verify a document" });
  await user.keyboard("o");
  await user.keyboard("/home/ines/minutes.pdf{Enter}");
  const heading = await screen.findByRole("heading", { name: "minutes.pdf holds, under this board's own root" });
  expect(heading.closest("[role=status]")).toHaveAttribute("aria-live", "polite");
  expect(screen.getByText("Minutes of a meeting")).toBeInTheDocument();
  const signature = screen.getByText("Ines Duarte, Chair").closest("li")!;
  expect(signature).toHaveTextContent("Sealed it: “I chaired this meeting and seal its minutes.”");
  expect(signature).toHaveTextContent("(claimed)");
  expect(signature).toHaveTextContent("by the clock of Meridian Timestamps");
  expect(signature).toHaveTextContent("certified under this board's own root");
  expect(screen.getByText("Nothing. The last signature covers the file to its last byte.")).toBeInTheDocument();
  expect(screen.getByText(/drawn again from the 214 signed entries/)).toBeInTheDocument();
  expect(screen.getByText(/One field was disposed of/)).toBeInTheDocument();
  expect(screen.queryByLabelText("Fingerprint of the board's certificate root")).toBeNull();
  expect(transport.calls).toContain("verifyDocument");
  await waitFor(async () => expect(await violations()).toEqual([]));
});

it("verifies what is dropped on another screen, and says while it is held that it can be dropped", async () => {
  const { transport } = await open("/changes");
  await screen.findByRole("heading", { name: "Changes" });
  act(() => transport.drag({ kind: "over" }));
  expect(await screen.findByText("Drop the document to verify it")).toBeInTheDocument();
  act(() => transport.drag({ kind: "left" }));
  expect(screen.queryByText("Drop the document to verify it")).toBeNull();
  act(() => transport.drag({ kind: "dropped", paths: ["/home/ines/minutes.pdf", "/home/ines/b.pdf"] }));
  expect(await screen.findByText("One document at a time: the first is verified.")).toBeInTheDocument();
  expect(await screen.findByRole("heading", { name: /minutes.pdf holds/ })).toBeInTheDocument();
});

it("says that another board's document was compared with nothing, and compares it with what is given", async () => {
  const { user } = await open("/verify");
  await user.type(await screen.findByLabelText("File"), "/home/ines/other.pdf{Enter}");
  await screen.findByRole("heading", { name: "other.pdf holds by itself, and was compared with nothing" });
  expect(screen.getByText("Extract: the decision on PAY-9")).toBeInTheDocument();
  expect(screen.getByText(/ask the board for its fingerprint/)).toBeInTheDocument();
  expect(screen.getByText("4 fields are withheld in this edition; their digests are there.")).toBeInTheDocument();
  const made = "Made with a certificate that CN=Meridian People issued to CN=Lena Brandt.";
  expect(screen.getByText(made)).toBeInTheDocument();
  const field = screen.getByLabelText("Fingerprint of the board's certificate root");
  await user.type(field, "abcd{Enter}");
  expect(await screen.findByText(/^Give the fingerprint of the board's certificate root/)).toBeInTheDocument();
  expect(screen.getByRole("heading", { name: /compared with nothing/ })).toBeInTheDocument();
  await user.clear(field);
  await user.type(field, `${"ab".repeat(32)}{Enter}`);
  await screen.findByRole("heading", { name: "other.pdf is refused: do not rely on it" });
  expect(screen.getByText("certificate-other-root")).toBeInTheDocument();
  await user.clear(field);
  await user.type(field, `${OTHER_ROOT.toUpperCase()}{Enter}`);
  await screen.findByRole("heading", { name: "other.pdf holds, under the root that you gave" });
});

it("refuses what was changed after it was signed, with a plain sentence, the code and what still holds", async () => {
  const { user } = await open("/verify");
  await user.type(await screen.findByLabelText("File"), "/home/ines/broken.pdf{Enter}");
  const heading = await screen.findByRole("heading", { name: "broken.pdf is refused: do not rely on it" });
  const head = within(heading.closest<HTMLElement>("[role=status]")!);
  expect(head.getByText("After it was signed, somebody changed more than signing changes.")).toBeInTheDocument();
  expect(screen.getByText("1140 bytes were added after it was signed, and are refused.")).toBeInTheDocument();
  expect(screen.getByText("Ines Duarte, Chair")).toBeInTheDocument();
  expect(screen.getByText("revision-not-allowed")).toBeInTheDocument();
  await waitFor(async () => expect(await violations()).toEqual([]));
});

it("says where to look when there is no such file", async () => {
  const { user } = await open("/verify");
  await user.type(await screen.findByLabelText("File"), "/home/ines/none.pdf{Enter}");
  expect(await screen.findByText("Look where it was saved.")).toBeInTheDocument();
});

it("needs no board: First run leads to it, and a file is chosen there", async () => {
  const { user } = await open("/welcome", "first-run");
  await user.click(await screen.findByRole("button", { name: "Verify a document…" }));
  await screen.findByRole("heading", { name: "Verify a document" });
  const input = document.querySelector<HTMLInputElement>("input[type=file]")!;
  await user.upload(input, new File(["%PDF-1.7"], "minutes.pdf", { type: "application/pdf" }));
  await screen.findByRole("heading", { name: "minutes.pdf holds by itself, and was compared with nothing" });
  await user.click(screen.getByRole("button", { name: /^Back/ }));
  expect(await screen.findByRole("heading", { name: "Set up your board" })).toBeInTheDocument();
});

it("throws nothing away that is written in a dialog", async () => {
  const { user, transport } = await open("/changes");
  await screen.findByRole("heading", { name: "Changes" });
  await user.keyboard("?");
  await screen.findByRole("dialog");
  act(() => transport.drag({ kind: "dropped", paths: ["/home/ines/minutes.pdf"] }));
  expect(await screen.findByText("Close the dialog first, then drop the document again.")).toBeInTheDocument();
  expect(transport.calls).not.toContain("verifyDocument");
});
