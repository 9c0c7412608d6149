import { expect, it } from "vitest";
import { open, screen, within } from "../../testing/render";

async function asked() {
  const opened = await open("/meetings/mtg-next", "meeting");
  await screen.findByRole("heading", { name: "Enable passkeys for customer sign-in" });
  await opened.user.keyboard("o");
  return { ...opened, dialog: within(await screen.findByRole("dialog", { name: "Take Winter platform together" })) };
}

it("takes a release together, and what is blocked stays behind with its reason", async () => {
  const { user, dialog } = await asked();
  expect(dialog.getAllByRole("checkbox")).toHaveLength(3);
  await user.click(dialog.getByRole("button", { name: "Nobody is against: record" }));
  const told = within(await screen.findByRole("dialog", { name: "Winter platform" }));
  expect(told.getByText("Decided together: CHG-4135, CHG-4156")).toBeInTheDocument();
  const left = told.getAllByRole("listitem");
  expect(left).toHaveLength(1);
  expect(left[0]).toHaveTextContent("CHG-4128");
  expect(left[0]).toHaveTextContent("R42");
});

it("leaves out what somebody wants by itself, and asks for a reason to reject", async () => {
  const { user, dialog, transport } = await asked();
  await user.click(dialog.getByRole("checkbox", { name: /Switch outbound mail/ }));
  await user.click(dialog.getByRole("button", { name: /What is decided/ }));
  await user.click(await screen.findByRole("option", { name: "Rejected" }));
  const go = dialog.getByRole("button", { name: "Nobody is against: record" });
  expect(go).toBeDisabled();
  await user.type(dialog.getByLabelText("Reason, for the minutes"), "The window is gone");
  await user.click(go);
  const told = within(await screen.findByRole("dialog", { name: "Winter platform" }));
  expect(told.getByText("Decided together: CHG-4128, CHG-4135")).toBeInTheDocument();
  expect(told.getByRole("listitem")).toHaveTextContent("Somebody wants it to be decided by itself.");
  expect(transport.calls.filter((name) => name === "decideRelease")).toHaveLength(1);
});
