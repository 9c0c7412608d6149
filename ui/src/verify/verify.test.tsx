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
  expect(signature).toHaveTextContent("comes from the root that your settings name");
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
  expect(screen.getByText("4 fields are withheld in this edition.")).toBeInTheDocument();
  expect(screen.getByText(/^PAY-9: .*backout, description, method\. A salted digest/)).toBeInTheDocument();
  const waits = screen.getByText(/2 more signatures were prepared for/);
  expect(waits).toHaveTextContent("those of Tom Alvarez, Mara Lind. It is the turn of Tom Alvarez.");
  expect(screen.getByText(/3 words or signs are drawn with Amiri, a typeface of the machine/)).toBeInTheDocument();
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

it("does not accuse a document whose pages another edition of Cabinet drew, and does not say that it holds", async () => {
  const { user } = await open("/verify");
  await user.type(await screen.findByLabelText("File"), "/home/ines/drawn-otherwise.pdf{Enter}");
  const said = "drawn-otherwise.pdf was drawn by another edition of Cabinet: its pages were not compared";
  await screen.findByRole("heading", { name: said });
  expect(screen.queryByText(/do not rely on it/)).toBeNull();
  expect(screen.getByText(/^The signatures and the record inside hold/)).toBeInTheDocument();
  expect(screen.getByText(/^Verify it with an edition of Cabinet that draws this layout/)).toBeInTheDocument();
  expect(screen.getByText("other-layout")).toBeInTheDocument();
  await waitFor(async () => expect(await violations()).toEqual([]));
});

it("says of a restricted item that it is left out whole, and of a timestamp that it comes from another service", async () => {
  const { user } = await open("/verify");
  await user.type(await screen.findByLabelText("File"), "/home/ines/circulated.pdf{Enter}");
  await screen.findByRole("heading", { name: "circulated.pdf holds, under this board's own root" });
  const said = screen.getByText(/^SHOP-31 is restricted: title, level, content/);
  expect(said).toHaveTextContent("every entry about it is left out whole: votes, decision, remarks and sign-offs");
  expect(screen.queryByText(/A salted digest of each/)).toBeNull();
  expect(screen.getByText("Ines Duarte, Chair").closest("li")).toHaveTextContent(
    "does not come from the root that your settings name",
  );
  await waitFor(async () => expect(await violations()).toEqual([]));
});

it("says of a row that does not follow that the signatures hold, who signed it and when, and what that does not prove", async () => {
  const { user } = await open("/verify");
  await user.type(await screen.findByLabelText("File"), "/home/ines/altered.pdf{Enter}");
  await screen.findByRole("heading", { name: "altered.pdf is refused: do not rely on it" });
  expect(screen.getByText(/every signature in it holds, to the last byte/)).toBeInTheDocument();
  expect(screen.queryByText(/What was signed does not hold any more/)).toBeNull();
  expect(screen.getByText(/with the key that names Ines Duarte/)).toBeInTheDocument();
  expect(screen.getByText(/proves neither who held that key nor that anybody meant it/)).toBeInTheDocument();
  const signature = screen.getByText("Ines Duarte, Chair").closest("li")!;
  expect(signature).toHaveTextContent("(claimed)");
  expect(signature).toHaveTextContent("certified under this board's own root");
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
