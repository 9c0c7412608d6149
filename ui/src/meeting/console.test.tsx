import { waitFor, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { open, screen } from "../../testing/render";

const AT = "/meetings/mtg-next";
const free = "Raise the message broker’s disk to 2 TB";

async function onTheFreeItem() {
  const opened = await open(AT, "meeting");
  await screen.findByRole("heading", { name: "Enable passkeys for customer sign-in" });
  await opened.user.keyboard("n");
  await screen.findByRole("heading", { name: free });
  return opened;
}

it("records a unanimous decision in three strokes", async () => {
  const { user, transport } = await onTheFreeItem();
  const before = transport.calls.length;
  await user.keyboard("{Shift>}1{/Shift}");
  await screen.findByText(/asked, no objection/);
  await user.keyboard("a");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await screen.findByText("CHG-4135: Approved");
  const calls = transport.calls.slice(before);
  expect(calls.filter((name) => name === "recordConsent" || name === "decide")).toEqual(["recordConsent", "decide"]);
});

it("explains why it cannot approve, with the clause and what would satisfy it", async () => {
  const { user, transport } = await open(AT, "meeting");
  await screen.findByRole("heading", { name: "Enable passkeys for customer sign-in" });
  await user.keyboard("a");
  const alert = await screen.findByText(/Promoted from main: The plan names release/);
  expect(alert).toHaveTextContent("R42");
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(transport.calls).not.toContain("decide");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByText(/Promoted from main: The plan/)).toBeNull());
});

it("takes votes by digit and moves to the next voter by itself", async () => {
  const { user } = await onTheFreeItem();
  await user.keyboard("v");
  for (const digit of ["1", "2", "3"]) {
    await user.keyboard(digit);
  }
  expect(await screen.findByText("1 of 2 counted votes approve; more than 1 needed; 1 abstained")).toBeInTheDocument();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("button", { name: "Absent" })).toBeNull());
});

it("offers no vote to a recused member", async () => {
  await open(AT, "meeting");
  const name = await screen.findByText("Lena Hoffmann");
  const line = name.closest("li");
  expect(line).toHaveTextContent("Recused");
  expect(within(line as HTMLElement).queryByRole("button")).toBeNull();
});

it("looks at another item without leaving the current one, and comes back by a full stop", async () => {
  const { user } = await open(AT, "meeting");
  await screen.findByRole("heading", { name: "Enable passkeys for customer sign-in" });
  await user.keyboard("j");
  await screen.findByRole("heading", { name: free });
  expect(screen.getByText(/You are looking at item 6/)).toBeInTheDocument();
  await user.keyboard(".");
  expect(await screen.findByRole("heading", { name: "Enable passkeys for customer sign-in" })).toBeInTheDocument();
});

it("asks for the reason of a rejection and shows the refusal without it", async () => {
  const { user } = await onTheFreeItem();
  await user.keyboard("r");
  await waitFor(() => expect(screen.getByLabelText("Reason")).toHaveFocus());
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText(/A rejection needs its reason/)).toBeInTheDocument();
  await user.type(screen.getByLabelText("Reason"), "The window overlaps settlement.");
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText("CHG-4135: Rejected")).toBeInTheDocument();
});

it("takes conditions with their owner", async () => {
  const { user } = await onTheFreeItem();
  await user.keyboard("w");
  await waitFor(() => expect(screen.getByLabelText("Condition 1")).toHaveFocus());
  await user.keyboard("Attach the restore log");
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText("Attach the restore log")).toBeInTheDocument();
});

it("keeps the minute note by itself", async () => {
  const { user, transport } = await onTheFreeItem();
  await user.keyboard("m");
  await user.keyboard("Asked about the alert threshold.");
  await waitFor(() => expect(transport.calls).toContain("setNote"));
});

it("says quorum is short as soon as the mandatory seat leaves, and who would make it", async () => {
  const { user } = await onTheFreeItem();
  await user.keyboard("q");
  await user.click(await screen.findByRole("checkbox", { name: /Wei Zhang/ }));
  expect(await screen.findByText("Quorum short by 1")).toBeInTheDocument();
  await user.keyboard("a");
  expect(await screen.findByText(/The quorum is short by 1/)).toBeInTheDocument();
  expect(screen.getByText(/Wait for Wei Zhang/)).toBeInTheDocument();
});

it("runs nothing while one types a note", async () => {
  const { user, transport } = await onTheFreeItem();
  await user.keyboard("m");
  await user.keyboard("arnv");
  expect(transport.calls.filter((name) => name === "decide" || name === "vote")).toEqual([]);
  vi.restoreAllMocks();
});
