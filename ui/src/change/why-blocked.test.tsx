import { act, render, waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen, violations } from "../../testing/render";
import { setListState } from "../changes/list-state";
import { startI18n } from "../i18n";
import type { Gate } from "../ipc/contract";
import { grouped, mendOf, PLACES } from "./gate-groups";
import { GateList } from "./gates";

const gate = (more: Partial<Gate>): Gate => ({
  id: more.clause ?? "version",
  label: "Version",
  clause: "R39",
  result: "failed",
  hard: false,
  blocks: true,
  finding: "Missing: version. Looked at: version: nothing.",
  remedy: "Fill in on the ticket: version.",
  control: "",
  ...more,
});

/** The list with an open change under the cursor that a gate blocks. */
async function onBlocked() {
  const opened = await open("/changes");
  const page = await opened.transport.listChanges({
    text: "",
    kinds: [],
    levels: [],
    view: "open",
    sort: { column: "window", descending: false },
    offset: 0,
    limit: 200,
  });
  const cursor = page.rows.findIndex((row) => row.gates_blocking > 0);
  const row = page.rows[cursor]!;
  await waitFor(() => expect(document.querySelector('[aria-selected="true"]')).toBeInTheDocument());
  act(() => setListState({ cursor }));
  await waitFor(() => expect(document.querySelector('[aria-selected="true"]')).toHaveTextContent(row.key));
  return { ...opened, row };
}

it("says why a change is blocked and leads to what mends it, in two keystrokes from the list", async () => {
  const { user, row } = await onBlocked();
  await user.keyboard("w");
  const panel = await screen.findByRole("complementary", { name: "Why is it blocked" });
  await waitFor(() => expect(panel).toHaveTextContent(row.key));
  const first = panel.querySelector("[aria-current]")!;
  expect(first).toHaveTextContent("Blocks");
  expect(first).toHaveTextContent("Return to requester");
  expect(await violations()).toEqual([]);
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("dialog", { name: "Return to its requester" })).toBeInTheDocument();
});

it("is closed by Escape, and gives its room to the peek", async () => {
  const { user } = await onBlocked();
  await user.keyboard("w");
  await screen.findByRole("complementary", { name: "Why is it blocked" });
  await user.keyboard(" ");
  expect(await screen.findByRole("complementary", { name: "Peek" })).toBeInTheDocument();
  expect(screen.queryByRole("complementary", { name: "Why is it blocked" })).toBeNull();
  await user.keyboard("w");
  await screen.findByRole("complementary", { name: "Why is it blocked" });
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("complementary", { name: "Why is it blocked" })).toBeNull());
});

it("sorts what blocks before what has no evidence and what only warns", () => {
  const gates = [
    gate({ id: "a", result: "warned", blocks: false }),
    gate({ id: "b", result: "passed", remedy: null }),
    gate({ id: "c", result: "no_evidence", blocks: false }),
    gate({ id: "d", result: "no_evidence" }),
    gate({ id: "e", result: "failed", blocks: false, hard: true }),
  ];
  expect(grouped(gates).map((one) => [one.group, one.gates.map((of) => of.id).join("")])).toEqual([
    ["blocks", "de"],
    ["no_evidence", "c"],
    ["warned", "a"],
    ["passed", "b"],
  ]);
});

it("knows where a gate is mended", () => {
  const undecided = { decision: null };
  const to = (clause: string) => mendOf(gate({ clause }), undecided);
  expect(["R23", "R77", "R31", "R39", "R11"].map(to)).toEqual([
    "plan",
    "schedule",
    "conditions",
    "requester",
    "requester",
  ]);
});

it.each([
  ["plan", ["R15", "R16", "R29", "R82", "R92", "R96", "R109", "R111"]],
  ["schedule", ["R56", "R74", "R77", "R79", "R110"]],
  ["conditions", ["R12", "R76", "R89"]],
  ["emergencies", ["R49", "R50", "R53", "R95"]],
  ["evidence", ["R2", "R5", "R10", "R13", "R33", "R35", "R43", "R44", "R62", "R81", "R83"]],
  ["requester", ["R32", "R36", "R40", "R42", "R84"]],
])("leads to %s from each clause that is mended there", (place, clauses) => {
  for (const clause of clauses) expect([clause, mendOf(gate({ clause }), { decision: null })]).toEqual([clause, place]);
});

it("gives no clause two places", () => {
  const all = PLACES.flatMap(([, clauses]) => clauses);
  expect(new Set(all).size).toBe(all.length);
});

it.each([
  ["R53", "To emergencies", "Emergencies"],
  ["R44", "To its evidence", "Required fields"],
])("leads from %s to where it is mended", async (clause, words, heading) => {
  const { user, transport, row } = await onBlocked();
  const { change } = transport;
  transport.change = async (request) => ({ ...(await change(request)), gates: [gate({ clause })] });
  await user.keyboard("w");
  const panel = await screen.findByRole("complementary", { name: "Why is it blocked" });
  await waitFor(() => expect(panel.querySelector("[aria-current]")).toHaveTextContent(words));
  expect(panel).toHaveTextContent(row.key);
  expect(screen.getByRole("button", { name: new RegExp(`^Version: ${words}`) })).toBeInTheDocument();
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { name: heading })).toBeInTheDocument();
});

it("says quietly which controls a gate serves, where one is known", async () => {
  await startI18n();
  render(<GateList gates={[gate({ id: "a", control: "ISO 27001 A.8.32; NIST CM-3" }), gate({ id: "b" })]} />);
  expect(screen.getAllByText(/^Serves/).map((of) => of.textContent)).toEqual(["Serves ISO 27001 A.8.32; NIST CM-3"]);
});

it("shows forty gates at a glance, with what passes folded", async () => {
  await startI18n();
  const many = Array.from({ length: 40 }, (_, index) =>
    gate({
      id: `gate-${index}`,
      clause: `R${index + 1}`,
      label: `Gate ${index + 1}`,
      result: index < 3 ? "failed" : index < 6 ? "warned" : "passed",
      blocks: index < 3,
      remedy: index < 6 ? `Mend ${index + 1}.` : null,
    }),
  );
  render(<GateList gates={many} />);
  expect(screen.getByRole("heading", { name: "3 block" })).toBeInTheDocument();
  expect(screen.getByRole("heading", { name: "3 warn" })).toBeInTheDocument();
  const folded = screen.getByText("34 pass").closest("details")!;
  expect(folded.open).toBe(false);
  expect(folded.querySelectorAll("li")).toHaveLength(34);
  expect(screen.getByText("Mend 1.")).toBeInTheDocument();
});
