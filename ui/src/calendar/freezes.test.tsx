import { expect, it } from "vitest";
import { open, screen, violations, within } from "../../testing/render";

it("lists the freezes of the policy and is reached from everywhere", async () => {
  const { user } = await open("/changes");
  await screen.findByRole("heading", { name: "Changes" });
  await user.keyboard("gf");
  expect(await screen.findByRole("heading", { name: "Freezes" })).toBeInTheDocument();
  expect(screen.getByText("Closing of the books (hard freeze)")).toBeInTheDocument();
  expect(screen.getByText(/every service/)).toBeInTheDocument();
  expect(screen.getByText(/ · every year$/)).toBeInTheDocument();
});

it("shows what a calendar comes to, and takes nothing by itself", async () => {
  const { user, transport } = await open("/freezes", "not-connected");
  await screen.findByRole("heading", { name: "No freezes" });
  await user.keyboard("i");
  const dialog = await screen.findByRole("dialog", { name: "Freezes from a calendar" });
  const inside = within(dialog);
  expect(inside.getByRole("button", { name: "Look at them" })).toBeDisabled();
  const field = document.querySelector<HTMLInputElement>('input[type="file"]');
  if (!field) throw new Error("a file can be chosen");
  await user.upload(field, new File(["SUMMARY:Christmas\nSUMMARY:New Year\n"], "holidays.ics"));
  expect(await inside.findByText("Chosen: holidays.ics")).toBeInTheDocument();
  await user.click(inside.getByRole("button", { name: "Look at them" }));
  expect(await inside.findByText("2 freezes that the policy does not have")).toBeInTheDocument();
  expect(inside.getByText("Christmas (soft freeze)")).toBeInTheDocument();
  expect(inside.getByRole("button", { name: "Copy the rows for policy.toml" })).toBeInTheDocument();
  expect(await violations()).toEqual([]);
  expect(transport.calls).toContain("previewFreezes");
});
