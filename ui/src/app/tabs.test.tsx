import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen, violations } from "../../testing/render";

it.each([
  ["/changes/chg-1", ["2", "3", "4", "5", "6", "1"]],
  ["/record", ["2", "3", "4", "1"]],
  ["/policy", ["2", "3", "1"]],
])("names the panel that is shown when a tab of %s is switched by its key", async (path, keys) => {
  const { user } = await open(path);
  await screen.findByRole("tabpanel");
  for (const key of keys) {
    await user.keyboard(key);
    await waitFor(() => expect(screen.getByRole("tab", { selected: true })).toHaveTextContent(key));
    await waitFor(() => {
      const controls = screen.getByRole("tab", { selected: true }).getAttribute("aria-controls");
      expect(controls).toBe(screen.getByRole("tabpanel").id);
    });
  }
  expect(await violations()).toEqual([]);
});
