import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen, violations } from "../../testing/render";

const SCREENS: [string, string, string, string | RegExp][] = [
  ["First run", "/welcome", "first-run", "Set up your board"],
  ["Connection, new", "/connection", "not-connected", "Connect the ticketing system"],
  ["Connection", "/connection", "working", "Change management"],
  ["Changes", "/changes", "working", "Changes"],
  ["Changes, none", "/changes", "not-connected", "No tickets yet"],
  ["Changes, asked", "/changes", "two-words", "Asked of you: a second word"],
  ["Change", "/changes/chg-1", "working", "Move the payments ledger to PostgreSQL 17"],
  ["Change, risk", "/changes/chg-1?tab=risk", "working", "How the score adds up"],
  ["Change, plan", "/changes/chg-1?tab=plan", "working", "Move the payments ledger to PostgreSQL 17"],
  ["Change, conditions", "/changes/chg-38?tab=conditions", "working", "Signatures"],
  ["Change, pipelines", "/changes/chg-40?tab=conditions", "working", "What pipelines may repeat"],
  ["Change, history", "/changes/chg-38?tab=history", "working", /Introduce rate limits/],
  ["Change, schedule", "/changes/chg-1?tab=schedule", "working", "Move the payments ledger to PostgreSQL 17"],
  ["Risk walk", "/changes/chg-3/risk", "working", /Weekly base image refresh/],
  ["Plan review", "/changes/chg-6/plan", "working", /message broker/],
  ["Meetings", "/meetings", "working", "Meetings"],
  ["Agenda", "/meetings/mtg-next/agenda", "working", "CAB 21 Nov 2026"],
  ["Meeting console", "/meetings/mtg-next", "meeting", "Enable passkeys for customer sign-in"],
  ["Sign-off", "/sign", "working", "Sign"],
  ["Sign-off, given again", "/sign", "stale", "Sign"],
  ["Wrap-up", "/meetings/mtg-next/wrap-up", "closed", "CAB 21 Nov 2026"],
  ["Wrap-up, sealed", "/meetings/mtg-next/wrap-up", "sealed", "Minutes"],
  ["Wrap-up, to be approved", "/meetings/mtg-prev/wrap-up", "approving", "Corrections"],
  ["Wrap-up, annex", "/meetings/mtg-prev/wrap-up", "working", "What members said since"],
  ["Record, members", "/record", "record", "Wei Zhang waits to be admitted"],
  ["Record, one key", "/record", "not-connected", "Only one person on this board holds a key"],
  ["Record, exchange", "/record?tab=exchange", "record", "Waiting and refused"],
  ["Record, packs", "/record?tab=packs", "record", "Review pack for Amara Okafor"],
  ["Record, packs, none", "/record?tab=packs", "not-connected", "Make a review pack"],
  ["Record, details", "/record?tab=details", "record", "Quarantine"],
  ["Record, older copy", "/record", "older", "This is an older copy of the board"],
  ["Policy", "/policy", "working", "What blocks"],
  ["Policy, draft", "/policy?tab=draft", "working", "There is no draft"],
  ["Policy, past changes", "/policy?tab=fare", "working", "Proposed: full"],
  ["Policy, nothing to judge by", "/policy?tab=fare", "not-connected", "No change of the last 90 days is here"],
  ["Sign-off, policy", "/sign", "policy", "Sign"],
  ["Said in my name", "/spoken", "record", "What was said in my name"],
  ["Verify", "/verify", "working", "Verify a document"],
  ["Verify, no board", "/welcome/verify", "first-run", "Verify a document"],
  ["Joining", "/join", "first-run", "Join a board"],
  ["Admission", "/admission", "joining", "Read these on the call"],
  ["Calendar", "/calendar", "working", "Calendar"],
  ["Calendar, none", "/calendar", "not-connected", "Nothing is planned"],
  ["Freezes", "/freezes", "working", "Freezes"],
  ["Freezes, none", "/freezes", "not-connected", "No freezes"],
  ["Releases", "/releases", "working", "Winter platform"],
  ["Releases, none", "/releases", "not-connected", "No ticket names a release"],
  ["Emergencies", "/emergencies", "working", "Emergencies"],
  ["Emergencies, none", "/emergencies", "not-connected", "No emergency was declared"],
  ["Outbox", "/outbox", "offline", "Move session storage to Valkey (follow-up)"],
];

it.each(SCREENS)("%s holds nothing against axe", async (_, path, scene, heading) => {
  await open(path, scene);
  await screen.findByRole("heading", { name: heading });
  await waitFor(async () => expect(await violations()).toEqual([]));
});

it("comes back to the meeting in session when the window opens", async () => {
  await open("/", "meeting");
  expect(await screen.findByRole("heading", { name: "Enable passkeys for customer sign-in" })).toBeInTheDocument();
});

it("shows First run where there is no board", async () => {
  await open("/changes", "first-run");
  expect(await screen.findByRole("heading", { name: "Set up your board" })).toBeInTheDocument();
});
