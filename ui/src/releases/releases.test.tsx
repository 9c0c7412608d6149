import { expect, it } from "vitest";
import { open, screen, within } from "../../testing/render";

it("shows a release with its changes in order, its decisions, and what it lacks", async () => {
  const { user } = await open("/changes");
  await screen.findByRole("heading", { name: "Changes" });
  await user.keyboard("gr");
  expect(await screen.findByRole("heading", { name: "Winter platform" })).toBeInTheDocument();
  const order = screen.getByRole("heading", { name: "Changes, in the order of their windows" }).closest("section");
  expect(within(order as HTMLElement).getAllByRole("listitem")).toHaveLength(3);
  expect(screen.getByText("3 changes · 0 approved · 3 without a decision")).toBeInTheDocument();
  expect(screen.getByText(/^The tickets disagree about the Release Manager/)).toBeInTheDocument();
  expect(screen.getByText(/^Testing: nothing, or next to nothing, for CHG-/)).toBeInTheDocument();
});

it("records an answer only with a reason, and says what is still open", async () => {
  const { user, transport } = await open("/releases");
  await screen.findByRole("heading", { name: "Winter platform" });
  expect(screen.getAllByText("open, counts at its worst")).toHaveLength(3);
  await user.keyboard("r");
  const dialog = within(await screen.findByRole("dialog", { name: "Assess Winter platform" }));
  expect(dialog.getByRole("button", { name: "Record the answers" })).toBeDisabled();
  await user.click(dialog.getByRole("button", { name: /Can the release be taken back/ }));
  await user.click(await screen.findByRole("option", { name: "whole: it can only be taken back as a whole" }));
  expect(dialog.getByRole("button", { name: "Record the answers" })).toBeDisabled();
  await user.type(dialog.getByLabelText("Why"), "One snapshot for all");
  await user.click(dialog.getByRole("button", { name: "Record the answers" }));
  expect(await screen.findByText("whole: it can only be taken back as a whole")).toBeInTheDocument();
  expect(screen.getAllByText("open, counts at its worst")).toHaveLength(2);
  expect(transport.calls).toContain("assessRelease");
});

it("says where releases come from when no ticket names one", async () => {
  await open("/releases", "not-connected");
  expect(await screen.findByRole("heading", { name: "No ticket names a release" })).toBeInTheDocument();
});
