import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen, violations, within } from "../../testing/render";

it("shows what follows from moving a window, with the notice, before the reason is recorded", async () => {
  const { user, transport } = await open("/changes/chg-38?tab=schedule");
  await user.click(await screen.findByRole("button", { name: /^Move the window/ }));
  const dialog = await screen.findByRole("dialog", { name: "Move the window" });
  const inside = within(dialog);
  expect(inside.getByRole("button", { name: "See what follows" })).toBeDisabled();
  for (const [label, text] of [
    ["Start", "2026-12-01T22:00"],
    ["End", "2026-12-02T00:00"],
    ["Time zone", "Europe/Berlin"],
    ["Why", "The night shift is ill"],
  ] as const) {
    const field = inside.getByRole("textbox", { name: label });
    await user.clear(field);
    await user.type(field, text);
  }
  await user.click(inside.getByRole("button", { name: "See what follows" }));
  expect(await inside.findByText(/the window moves/)).toHaveTextContent("Why: The night shift is ill");
  expect(inside.getAllByText(/signs again\./).length).toBeGreaterThan(0);
  expect(await violations()).toEqual([]);
  expect(transport.calls).not.toContain("reschedule");

  // An edit asks for another look.
  await user.type(inside.getByRole("textbox", { name: "Why" }), "!");
  await user.click(inside.getByRole("button", { name: "See what follows" }));
  await user.click(await inside.findByRole("button", { name: "Record the reason" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(transport.calls.filter((call) => call === "previewReschedule")).toHaveLength(2);
  expect(transport.calls).toContain("reschedule");
});

it("is opened by its key in the calendar", async () => {
  const { user } = await open("/calendar");
  await screen.findByRole("button", { name: /^Move the window/ });
  await user.keyboard("l");
  expect(await screen.findByRole("dialog", { name: "Move the window" })).toBeInTheDocument();
});
