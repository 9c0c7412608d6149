import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen, within } from "../../testing/render";

async function decided(approval: "holds" | "stale") {
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
  const row = page.rows.find((one) => one.approval === approval);
  if (!row) throw new Error(`the board holds a change whose approval ${approval}`);
  window.location.hash = `#/changes/${row.id}`;
  return { user, transport, row };
}

it("hands an approval that holds to a pipeline, with the question it asks", async () => {
  const { user, transport, row } = await decided("holds");
  await user.click(await screen.findByRole("button", { name: "Hand out…" }));
  const dialog = await screen.findByRole("dialog", { name: `Hand ${row.key} to a pipeline` });
  expect(within(dialog).getByRole("textbox")).toHaveValue(
    `/home/ines/Documents/${row.key.toLowerCase()}-approval.json`,
  );
  await user.click(within(dialog).getByRole("button", { name: "Write the file" }));
  expect(await within(dialog).findByText("The approval lies here.")).toBeInTheDocument();
  expect(within(dialog).getByText(new RegExp(`cab-gate ${row.key}`))).toHaveTextContent("--roster-root abab");
  expect(within(dialog).getByText(/board is provisional/)).toBeInTheDocument();
  expect(transport.calls).toContain("handOut");
});

it("only tells how a stale one stands, and asks a pipeline nothing", async () => {
  const { user, row } = await decided("stale");
  await user.click(await screen.findByRole("button", { name: "Hand out…" }));
  const dialog = await screen.findByRole("dialog", { name: `Tell a pipeline how ${row.key} stands` });
  await user.click(within(dialog).getByRole("button", { name: "Write the file" }));
  expect(await within(dialog).findByText(/takes it beside the approval, with --fresh/)).toBeInTheDocument();
  expect(within(dialog).queryByText(/cab-gate/)).toBeNull();
});

it("hands out what the chain delegates, which no meeting decided", async () => {
  const { user } = await open("/changes/chg-21");
  expect(await screen.findByText("Approved by Tomasz Zielinski, to whom the chain delegates it.")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Hand out…" }));
  expect(await screen.findByRole("dialog", { name: /^Hand .* to a pipeline$/ })).toBeInTheDocument();
});

it("tells a pipeline that what was delegated is stale, and does not offer to return it", async () => {
  const { user } = await open("/changes/chg-25");
  const margin = within(await screen.findByRole("complementary", { name: "Where it stands" }));
  expect(margin.getByText("Approved by Tomasz Zielinski, to whom the chain delegates it.")).toBeInTheDocument();
  expect(margin.getAllByText("Stale").length).toBeGreaterThan(0);
  expect(margin.queryByRole("button", { name: /Return to/ })).toBeNull();
  await user.keyboard("t");
  expect(screen.queryByRole("dialog")).toBeNull();
  await user.keyboard("e");
  expect(await screen.findByRole("dialog", { name: /^Tell a pipeline how/ })).toBeInTheDocument();
});

it("has the approved plan sealed in the signing window, into a file that is typed", async () => {
  const { user, transport, row } = await decided("holds");
  await user.click(await screen.findByRole("button", { name: "Approved plan…" }));
  const dialog = within(await screen.findByRole("dialog", { name: `Hand out the approved plan of ${row.key}` }));
  const file = dialog.getByRole("textbox", { name: "File" });
  const path = `/home/ines/Documents/${row.key.toLowerCase()}-plan.pdf`;
  await waitFor(() => expect(file).toHaveValue(path));
  await user.type(file, "{Enter}");
  await waitFor(() => expect(transport.asked).toEqual([{ kind: "approved_plan", change: row.id, path }]));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(transport.calls).not.toContain("sign");
});

it("offers no plan of a change whose approval is stale", async () => {
  const { user } = await decided("stale");
  await screen.findByRole("button", { name: "Hand out…" });
  expect(screen.queryByRole("button", { name: "Approved plan…" })).toBeNull();
  await user.keyboard("h");
  expect(screen.queryByRole("dialog")).toBeNull();
});
