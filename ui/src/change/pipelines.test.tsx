import { expect, it } from "vitest";
import { open, screen, violations, within } from "../../testing/render";

const AT = "/changes/chg-40?tab=conditions";

it("shows what pipelines may repeat, how much of it is used, and why one is suspended", async () => {
  await open(AT);
  const may = await screen.findByText("deploy-pay may deploy pay into production");
  const runs = may.closest("li")!;
  expect(runs).toHaveTextContent("3 of 20 used");
  expect(runs).toHaveTextContent("signed by Amara Okafor");
  const suspended = screen.getByText("deploy-pay-eu may deploy pay into production").closest("li")!;
  expect(suspended).toHaveTextContent("Suspended: The smoke test failed.");
  expect(within(suspended).queryByRole("button")).toBeNull();
});

it("suspends one by its key, only with a reason", async () => {
  const { user } = await open(AT);
  await screen.findByText("deploy-pay may deploy pay into production");
  await user.keyboard("x");
  const dialog = await screen.findByRole("dialog", { name: "Suspend what deploy-pay may repeat" });
  expect(within(dialog).getByRole("button", { name: "Suspend" })).toBeDisabled();
  expect(await violations()).toEqual([]);
  await user.keyboard("Certificates expire tonight");
  await user.click(within(dialog).getByRole("button", { name: "Suspend" }));
  expect(await screen.findByText("Suspended: Certificates expire tonight")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Suspend…/ })).toBeNull();
});

it("says that what a broken glass owed is done, with what shows it", async () => {
  const { user } = await open(AT);
  const owed = await screen.findAllByText(/a review by the board within 3 days$/);
  expect(owed[0]?.closest("li")).toHaveTextContent("Payments were down; nobody could be reached.");
  await user.keyboard("m");
  const dialog = await screen.findByRole("dialog", { name: "Say that it is done" });
  await user.type(within(dialog).getByLabelText("What shows it"), "Reviewed today");
  await user.click(within(dialog).getByRole("button", { name: "Record as met" }));
  expect(await screen.findByText("Met: Reviewed today")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Met…/ })).toBeNull();
});
