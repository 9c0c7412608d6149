import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

it("gives a member an action and lists it", async () => {
  const { user, transport } = await open("/meetings/mtg-next", "meeting");
  await user.click(await screen.findByRole("button", { name: "Action…" }));
  const give = screen.getByRole("button", { name: "Give the action" });
  expect(give).toBeDisabled();
  await user.type(screen.getByLabelText("What is to be done"), "Rehearse the rollback");
  await user.click(give);
  expect(await screen.findByText(/^Rehearse the rollback: /)).toBeInTheDocument();
  expect(transport.calls).toContain("assignAction");
});
