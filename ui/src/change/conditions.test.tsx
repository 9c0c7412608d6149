import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

it("marks a condition as met with a note, and says that it is for good", async () => {
  const { user, transport } = await open("/changes");
  const page = await transport.listChanges({
    text: "",
    kinds: [],
    levels: [],
    view: "decided",
    sort: { column: "key", descending: false },
    offset: 0,
    limit: 200,
  });
  const conditional = page.rows.find((row) => row.decision === "approved_with_conditions");
  if (!conditional) throw new Error("the board holds a change approved with conditions");
  window.location.hash = `#/changes/${conditional.id}?tab=conditions`;
  await user.click(await screen.findByRole("button", { name: "Mark as met…" }));
  const record = screen.getByRole("button", { name: "Record as met" });
  expect(record).toBeDisabled();
  expect(screen.getByText(/this cannot be undone/)).toBeInTheDocument();
  await user.type(screen.getByLabelText("What shows it"), "Restore log attached");
  await user.click(record);
  expect(await screen.findByText("Recorded: the condition is met")).toBeInTheDocument();
  expect(transport.calls).toContain("meetCondition");
  expect(screen.queryByRole("button", { name: "Mark as met…" })).toBeNull();
});
