// The CTO on a plane, in the real window: a desk without a ticketing system and without a relay joins by file, opens a
// review pack, reviews, scores and signs, and saves the answer. The window is driven over loopback, so this machine's own
// network is not taken from it: what is shown is that there is nothing it could ask. What comes back before the decision
// counts; what comes back after it is kept. That the ticket then carries the decision: tests/src/journeys/packs.rs.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { open } from "./lib/board.mjs";
import { cab, sampleServer } from "./lib/cab.mjs";
import { Desk, gallery } from "./lib/desk.mjs";
import { end } from "./lib/processes.mjs";
import { reviewPlan, walkRisk } from "./lib/review.mjs";
import { steps } from "./lib/steps.mjs";
import { until } from "./lib/wait.mjs";

const BOARD = "Ostwind change advisory board";
const CHAIR = { name: "Ingrid Solheim", account: 10, pin: "orchard-47-lantern" };
const LEAD = { name: "Tomás Figueira", account: 11 };
const CTO = { name: "Rana Haddad", account: 12, pin: "willow-92-copper" };
const PREFIX = "CHG";

/** A board of the sample's people, connected and read, on which the chair alone has a key. */
async function board(chair, server) {
  const member = (one, roles) => ["--member", `${one.name};${roles};${one.account};voting`];
  await cab(
    chair,
    ["board", "create", "--name", BOARD, "--accept", ...member(CHAIR, "chair"), ...member(LEAD, "technical-lead"), ...member(CTO, "cto")],
    { pin: CHAIR.pin },
  );
  await cab(
    chair,
    ["connect", "--url", server.url, "--project", server.project, "--prefix", PREFIX, "--accept-unmapped", "--api-key-fd", "0"],
    { input: `${server.api_key}\n` },
  );
  await cab(chair, ["sync"]);
}

/** Changes that may go through the meeting and that the CTO may sign. */
async function signable(chair, count) {
  const { rows } = await cab(chair, ["change", "list", "--view", "open", "--limit", "200"]);
  const found = [];
  for (const row of rows.filter((one) => one.gates_blocking === 0 && one.remote_status === "Authorize")) {
    const view = await cab(chair, ["change", "show", row.key]);
    if (!view.required_sign_offs[0].holders.includes(CTO.name)) continue;
    await cab(chair, ["change", "download", row.key]);
    found.push(row);
    if (found.length === count) return found;
  }
  throw new Error(`the sample has ${found.length} such changes`);
}

test("a review pack is opened, signed and answered by a desk that was never connected to anything", async (t) => {
  const folder = await gallery("pack");
  const home = await mkdtemp(join(tmpdir(), "cabinet-pack-"));
  const file = (name) => join(home, name);
  const chair = join(home, "chair");
  const server = await sampleServer();
  await board(chair, server);
  const [first, second] = await signable(chair, 2);
  await cab(chair, ["meeting", "new", "--title", "Weekly change advisory board", "--at", "2026-12-02T14:00:00Z", "--zone", "Europe/Berlin"]);
  await cab(chair, ["meeting", "agenda", "--add", first.key, "--add", second.key]);
  await cab(chair, ["member", "invite", CTO.name, "--out", file("haddad.invitation")]);
  let desk = await Desk.open({ args: ["--data-dir", join(home, "cto"), "--automated-test"], folder });
  let { page } = desk;
  let step = steps(t, desk);

  try {
    await step("the invitation came by file, and so goes the answer", async () => {
      await page.at(/welcome/);
      await page.click("button", "Join a board…");
      await page.at(/^\/join/);
      const field = await desk.driver.script("return document.querySelector('input[type=file]')");
      await desk.driver.choose(Object.values(field)[0], file("haddad.invitation"));
      await page.get("heading", BOARD);
      await page.press("Enter");
      await page.fill("PIN", CTO.pin);
      await page.fill("The same again", CTO.pin);
      await page.click("checkbox", "I accept", { exact: false });
      await page.click("button", "Make my key");
      await page.at(/^\/admission/);
      await page.sees("There is no shared folder yet");
      await desk.driver.script("document.querySelector('details').open = true");
      await page.fill("Save the file to", file("haddad.enrolment"));
      await page.press("Enter");
      await page.sees("Saved. Send it to whoever invited you.");
      await page.reveal("button", "Open a review pack…");
      await desk.picture("admission-by-file");
    });

    await step("the chair admits, and packs the coming meeting", async () => {
      await cab(chair, ["member", "admit", "--enrolment", file("haddad.enrolment"), "--checked", "in person"], { pin: CHAIR.pin });
      const made = await cab(chair, ["pack", "make", "--for", CTO.name, "--hours", "48", "--out", file("haddad.pack")]);
      assert.deepEqual(made.changes, [first.key, second.key], "what stands on the coming agenda");
    });

    await step("the pack is opened where nothing else is: its first page says what is in it and what is not", async () => {
      await page.click("button", "Open a review pack…");
      await page.at(/^\/record/);
      await page.sees("No pack can be made here yet");
      // The chair's folder shares this keyring; what was written there is not missing here.
      await page.misses("older copy");
      await desk.picture("before");
      await page.press("o");
      await page.fill("File", file("nothing.pack"));
      await page.press("Enter");
      await page.sees("Look where it was saved.");
      await desk.picture("no-such-file");
      await page.press("Escape");
      await page.fill("File", file("haddad.pack"));
      await page.press("Enter");
      await page.get("heading", `Review pack for ${CTO.name}`);
      await page.sees(first.key);
      await page.sees("Not signed");
      await desk.picture("first-page");
    });

    await step("a change of it is read and scored by keys", async () => {
      await page.click("link", first.key);
      await page.at(/^\/changes\/[^/]+/);
      await page.get("heading", first.title, { exact: false });
      await desk.picture("change");
      await walkRisk(page);
      await desk.picture("scored");
    });

    await step("its plan is reviewed, with a question", async () => {
      const comment = "Who decides on the way back?";
      await reviewPlan(page, { ticks: 1, comment, seen: () => desk.picture("plan") });
    });

    await step("it is signed in the signing window, by the PIN", async () => {
      await page.press("s");
      const signing = await desk.signing();
      await signing.picture("sign-off");
      await signing.enter(CTO.pin);
      await signing.confirm();
      await signing.picture("sign-off-signed");
      await signing.leave();
    });

    await step("the first page knows it, and the answer is saved", async () => {
      await page.press("g", "a");
      await page.press("3");
      await page.get("heading", `Review pack for ${CTO.name}`);
      await until("one is signed and one is not", async () => {
        const text = await page.text();
        return text.includes("Not signed") && /^Signed$/m.test(text);
      });
      await desk.picture("first-page-signed");
      await page.press("w");
      await page.get("dialog", "Save the answer");
      await page.fill("Write the file to", file("answer.pack"));
      await desk.picture("answer");
      await page.press("Enter");
      await page.sees("The answer for");
      await desk.picture("answer-saved");
      await page.press("Escape");
    });

    await step("it comes back before the meeting, and counts", async () => {
      const back = await cab(chair, ["pack", "open", file("answer.pack")]);
      assert.equal(back.purpose, "reply");
      assert.equal(back.came, 3, "an assessment, a plan review, a sign-off");
      assert.deepEqual(back.late, []);
      await cab(chair, ["meeting", "call"]);
      await cab(chair, ["meeting", "attend", "--all"]);
      for (const item of ["1", "2"]) {
        // Asked of all who may speak for it: whoever wrote or requested a change has no vote.
        await cab(chair, ["meeting", "consent", item]);
        await cab(chair, ["meeting", "decide", item, "approved", "--basis", "chair", "--reason", "As discussed."]);
      }
      await cab(chair, ["meeting", "close"]);
      const { decision } = await cab(chair, ["change", "show", first.key]);
      assert.equal(decision.approval, "holds", "the sign-off from the plane carries the approval");
    });

    await step("another is signed without the decision in hand, and the answer is late", async () => {
      await page.click("link", second.key);
      await page.get("heading", second.title, { exact: false });
      await page.press("s");
      const signing = await desk.signing();
      await signing.enter(CTO.pin);
      await signing.confirm();
      await signing.leave();
      await page.press("g", "a");
      await page.press("3");
      await until("both are signed", async () => !(await page.text()).includes("Not signed"));
      await page.press("w");
      await page.get("dialog", "Save the answer");
      await page.fill("Write the file to", file("late.pack"));
      await page.press("Enter");
      await page.sees("The answer for");
      await page.press("Escape");
    });
  } finally {
    await desk.close();
  }

  desk = await Desk.open({ args: ["--data-dir", chair, "--automated-test"], folder });
  desk.pictures = 30;
  page = desk.page;
  step = steps(t, desk);
  try {
    await step("the chair brings it back in the window: kept, and counted nowhere", async () => {
      await page.at(/^\/changes/);
      await page.press("g", "a");
      await page.at(/^\/record/);
      await page.sees("Review packs");
      await page.settled();
      await page.press("3");
      await page.sees("Open a pack");
      await page.press("o");
      await page.fill("File", file("late.pack"));
      await page.press("Enter");
      await page.sees(`The answer of ${CTO.name} came in`);
      await page.sees("Came after the decision");
      await desk.picture("late");
      await page.press("Escape");
      const { decision, sign_offs } = await cab(chair, ["change", "show", second.key]);
      assert.equal(decision.approval, "awaiting_sign_off", "no approval follows from it");
      assert.deepEqual(
        sign_offs.map((one) => one.state),
        ["late"],
        "it is there all the same",
      );
    });

    await step("the change says so, too", async () => {
      await page.press("g", "c");
      await page.at(/^\/changes$/);
      await open(desk, { key: second.key, subject: second.title });
      await page.press("4");
      await page.sees("Came after the decision: kept, not counted");
      await desk.picture("late-on-the-change");
    });

    await step("and the next pack is made in the window, for what still waits", async () => {
      await page.press("g", "a");
      await page.sees("Review packs");
      await page.settled();
      await page.press("3");
      await page.sees("Open a pack");
      await page.press("p");
      await page.get("dialog", "Make a review pack");
      await page.sees("Decided, and waits for a sign-off");
      await page.fill("Write the file to", file("again.pack"));
      await desk.picture("make");
      await page.press("Enter");
      await page.sees(`Only ${CTO.name} can open it`);
      await desk.picture("made");
      await page.press("Escape");
    });
  } finally {
    await desk.close();
    await end(server.child);
    await rm(home, { recursive: true, force: true });
  }
});
