import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

/** The page of a change whose sign-off is stale, as the board in memory has one. */
async function stale() {
  const desk = await open("/changes");
  const page = await desk.transport.listChanges({
    text: "",
    kinds: [],
    levels: [],
    view: "decided",
    sort: { column: "key", descending: false },
    offset: 0,
    limit: 200,
  });
  const row = page.rows.find((one) => one.approval === "stale");
  if (!row) throw new Error("the board holds a change whose sign-off is stale");
  window.location.hash = `#/changes/${row.id}`;
  await screen.findByRole("heading", { name: row.title });
  return { ...desk, row };
}

it("lays what was signed beside what stands there now, by one key, and takes the keys", async () => {
  const { user } = await stale();
  await user.keyboard("d");
  const panel = await screen.findByRole("group", { name: /What Tomasz Zielinski signed/ });
  await waitFor(() => expect(panel).toHaveFocus());
  expect(panel).toHaveTextContent("Removed:22:50 Writes stop, switch, writes resume");
  expect(panel).toHaveTextContent("Added:22:35 Writes stop, switch, writes resume");
  expect(panel).toHaveTextContent("Removed:Card tokens");
});

it("asks for the signing window on the stale sign-off, by one key", async () => {
  const { user, transport, row } = await stale();
  await user.keyboard("f");
  await waitFor(() => expect(transport.asked).toEqual([{ kind: "reaffirm", sign_off: `s-${row.id}` }]));
});

it("rules an edit immaterial with a reason, and without one not at all", async () => {
  const { user, transport, row } = await stale();
  await user.keyboard("d");
  await user.click(await screen.findByRole("button", { name: "Rule immaterial…" }));
  const sign = screen.getByRole("button", { name: "Sign the ruling…" });
  expect(sign).toBeDisabled();
  await user.type(screen.getByLabelText(/Why the edit does not matter/), "The switch only moved.");
  await user.click(sign);
  await waitFor(() =>
    expect(transport.asked).toEqual([{ kind: "immaterial", change: row.id, reason: "The switch only moved." }]),
  );
});

it("offers neither where nothing is stale", async () => {
  const { user, transport } = await open("/changes/chg-1");
  await screen.findByRole("heading", { name: /PostgreSQL 17/ });
  await user.keyboard("fd");
  expect(transport.asked).toEqual([]);
  expect(screen.queryByRole("group", { name: /signed, beside/ })).toBeNull();
});
