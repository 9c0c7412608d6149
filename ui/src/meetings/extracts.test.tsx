import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen, within } from "../../testing/render";

it("writes extracts by a pasted list and says of each change what became of it", async () => {
  const { user, transport } = await open("/meetings");
  await screen.findByRole("heading", { name: "Meetings" });
  await user.keyboard("x");
  const dialog = within(await screen.findByRole("dialog", { name: "Extracts by a list of changes" }));
  const write = dialog.getByRole("button", { name: "Write the extracts" });
  expect(write).toBeDisabled();
  await waitFor(() =>
    expect(dialog.getByRole("textbox", { name: "Folder" })).toHaveValue("/home/ines/Documents/extracts"),
  );
  await user.type(dialog.getByRole("textbox", { name: "Changes" }), "CHG-4100{Enter}chg-9999");
  await user.click(write);
  const lines = within(await dialog.findByRole("list", { name: "What became of each change" }));
  expect(dialog.getByText(/^1 extract and the index lie in/)).toBeInTheDocument();
  expect(lines.getAllByRole("listitem")[0]).toHaveTextContent("CHG-4100-extract-2026-11-14.pdf");
  expect(lines.getAllByRole("listitem")[1]).toHaveTextContent("CHG-9999 Not written. This board has no such change.");
  expect(transport.calls).toContain("writeExtracts");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});
