import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen, violations, within } from "../../testing/render";

it("shows on a change what its requester is asked, and asks once", async () => {
  const { user, transport } = await open("/changes");
  const page = await transport.listChanges({
    text: "",
    kinds: [],
    levels: [],
    view: "open",
    sort: { column: "key", descending: false },
    offset: 0,
    limit: 200,
  });
  const row = page.rows.find((one) => one.gates_failed > 0);
  if (!row) throw new Error("the board holds an open change with a failing gate");
  window.location.hash = `#/changes/${row.id}`;
  const again = () => screen.findByRole("button", { name: /^Return to requester/ });
  await user.click(await again());
  const dialog = await screen.findByRole("dialog", { name: "Return to its requester" });
  expect(await within(dialog).findByText(/h3\. Returned to the requester/)).toBeInTheDocument();
  expect(await violations()).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Put it on the ticket" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(transport.calls).toContain("returnToRequester");

  await user.click(await again());
  const second = await screen.findByRole("dialog", { name: "Return to its requester" });
  expect(await within(second).findByText(/was asked/)).toBeInTheDocument();
  expect(within(second).getByRole("button", { name: "Put it on the ticket" })).toBeDisabled();
});

it("asks for every open change that is incomplete, after a look at the comments", async () => {
  const { user, transport } = await open("/changes");
  await screen.findByRole("grid");
  await user.click(await screen.findByRole("button", { name: "Return incomplete changes to their requesters" }));
  const dialog = await screen.findByRole("dialog", { name: "Return incomplete changes to their requesters" });
  expect(await within(dialog).findByText(/^\d+ comments?$/)).toBeInTheDocument();
  expect(transport.calls).not.toContain("returnToRequester");
  await user.click(within(dialog).getByRole("button", { name: "Put it on the ticket" }));
  await waitFor(() => expect(transport.calls).toContain("returnToRequester"));
});
