// A second pair of hands, in the real window: the chair invites, the member makes keys on another device, both see the
// same six words, and the chair admits with keystrokes. Then the other way round: the window joins, and waits.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { firstRun } from "./lib/board.mjs";
import { cab } from "./lib/cab.mjs";
import { Desk, gallery } from "./lib/desk.mjs";
import { steps } from "./lib/steps.mjs";
import { until } from "./lib/wait.mjs";

const BOARD = "Meridian change advisory board";
const CHAIR = { name: "Blessing Nkemelu", account: 11, also: "CTO", pin: "orchard-47-lantern" };
const MEMBER = { name: "Hannes Bauer", account: 14, role: "Security", pin: "willow-92-copper" };
const OTHER = { name: "Fumiko Tanaka", account: 13, role: "Service Manager" };

/** The six words on the screen, as they are read. */
async function wordsOn(desk, nth = 0) {
  return until("six words on the screen", () =>
    desk.driver.script("return document.querySelectorAll('[data-words]')[arguments[0]]?.dataset.words ?? null", nth),
  );
}

test("the chair invites, compares six words, and admits a second member in the window", async (t) => {
  const folder = await gallery("many-hands");
  const home = await mkdtemp(join(tmpdir(), "cabinet-hands-"));
  const relay = join(home, "shared");
  await mkdir(relay);
  const invitation = join(home, "bauer.invitation");
  const desk = await Desk.open({ args: ["--data-dir", join(home, "chair"), "--automated-test"], folder });
  const { page } = desk;
  const step = steps(t, desk);
  let words;

  try {
    await step("a board of one key says so, and has no shared folder", async () => {
      await firstRun(desk, { board: BOARD, chair: CHAIR, others: [OTHER, MEMBER], pin: CHAIR.pin });
      // The next page begins in a field, which would take the letters of a go-key.
      await page.get("button", "Test the connection");
      await page.click("link", "Record");
      await page.at(/^\/record/);
      await page.sees("Only one person on this board holds a key");
      await desk.picture("record-provisional");
      await page.press("2");
      await page.sees("No shared folder yet");
      await page.fill("Folder", relay);
      await page.press("Enter");
      await page.get("button", `No longer use ${relay}`);
      await page.sees("Last exchange");
      await desk.picture("record-folder");
    });

    await step("an invitation is written by keys, with the board's words to read out", async () => {
      await page.press("Escape", "1");
      await page.sees("Votes by voice");
      await page.press("j", "j", "i");
      await page.get("dialog", `Invite ${MEMBER.name}`);
      await page.fill("Write the file to", invitation);
      await desk.picture("record-invite");
      await page.press("Enter");
      await page.sees("The invitation lies here");
      await desk.picture("record-invited");
      words = { root: await wordsOn(desk) };
      await page.press("Escape");
    });

    await step("on another device the member makes keys of their own", async () => {
      const made = await cab(join(home, "member"), ["member", "enrol", invitation, "--folder", relay, "--accept"], {
        pin: MEMBER.pin,
      });
      assert.equal(made.name, MEMBER.name);
      assert.equal(made.roster_words, words.root, "the words the chair reads out are those the member sees");
      words.member = made.words;
    });

    await step("the chair exchanges and sees the same six words", async () => {
      await page.press("e");
      await page.sees(`${MEMBER.name} waits to be admitted`);
      assert.equal(await wordsOn(desk), words.member, "both sides read the same");
      await desk.picture("record-waits");
      await page.press("g", "c");
      await page.sees("One person waits to be admitted");
      await desk.picture("news");
      await page.press("g", "a");
      await page.sees(`${MEMBER.name} waits to be admitted`);
    });

    await step("admitted in the signing window, by keys and with the PIN", async () => {
      await page.press("a");
      await page.get("dialog", `Admit ${MEMBER.name}`);
      await page.type("Video call; I know his face and voice.");
      await desk.picture("record-admit");
      await page.press("Enter");
      const signing = await desk.signing();
      await signing.picture("admission");
      await signing.enter(CHAIR.pin);
      await signing.picture("admission-pin");
      await signing.confirm();
      await page.misses(`${MEMBER.name} waits to be admitted`);
      await signing.picture("admission-signed");
      await signing.leave();
    });

    await step("the roster shows the key, and the board is no longer provisional", async () => {
      await until("two members sign with own keys", async () => {
        const text = await page.text();
        return text.split("Signs with an own key").length - 1 === 2;
      });
      await page.misses("Only one person on this board holds a key");
      await desk.picture("record-admitted");
      await page.press("2");
      await page.sees("Last exchange");
      await desk.picture("record-exchange");
      await page.press("4");
      await page.sees("Roster version");
      await desk.picture("record-details");
      await page.press("1");
    });

    await step("the member's device has the new roster, and both hold the same record", async () => {
      await page.press("e");
      await cab(join(home, "member"), ["exchange"]);
      const { members } = await cab(join(home, "member"), ["member", "list"]);
      const row = members.find((one) => one.member.name === MEMBER.name);
      assert.equal(row.has_key, true, "admitted, as the member's own device sees it");
    });

    await step("in the dark, too", async () => {
      await page.press("Mod+,");
      await page.click("radio", "Dark");
      await page.press("Escape");
      await page.press("g", "a");
      await page.sees("Signs with an own key");
      await desk.picture("record-dark");
    });
  } finally {
    await desk.close();
    await rm(home, { recursive: true, force: true });
  }
});

test("a member joins from an invitation in the window, and goes on to the desk once admitted", async (t) => {
  const folder = await gallery("joining");
  const home = await mkdtemp(join(tmpdir(), "cabinet-joining-"));
  const relay = join(home, "shared");
  await mkdir(relay);
  const invitation = join(home, "bauer.invitation");
  const chair = join(home, "chair");
  const seat = (one, roles, words) => `${one.name};${roles};${one.account};${words}`;
  await cab(
    chair,
    ["board", "create", "--name", BOARD, "--accept", "--member", seat(CHAIR, "chair,cto", "voting"), "--member", seat(MEMBER, "security", "voting;mandatory")],
    { pin: CHAIR.pin },
  );
  await cab(chair, ["exchange", "--folder", relay]);
  const invited = await cab(chair, ["member", "invite", "Bauer", "--out", invitation]);
  const desk = await Desk.open({ args: ["--data-dir", join(home, "member"), "--automated-test"], folder });
  const { page } = desk;
  const step = steps(t, desk);
  let words;

  try {
    await step("the invitation shows the board and the own name, before anything is made", async () => {
      await page.at(/welcome/);
      await desk.picture("first-run");
      await page.click("button", "Join a board…");
      await page.at(/^\/join/);
      await desk.picture("join");
      const field = await desk.driver.script("return document.querySelector('input[type=file]')");
      await desk.driver.choose(Object.values(field)[0], invitation);
      await page.get("heading", BOARD);
      await page.sees(`You are invited as ${MEMBER.name}.`);
      assert.equal(await wordsOn(desk), invited.roster_words, "the board's own words");
      await desk.picture("join-board");
      await page.press("Enter");
    });

    await step("a PIN, and six words that wait", async () => {
      await page.fill("PIN", MEMBER.pin);
      await page.fill("The same again", MEMBER.pin);
      await page.click("checkbox", "I accept", { exact: false });
      await desk.picture("join-pin");
      await page.click("button", "Make my key");
      await page.at(/^\/admission/);
      words = await wordsOn(desk);
      await page.sees("Looked at");
      await desk.picture("admission");
    });

    await step("looking around meanwhile, and back to the words", async () => {
      await page.press("Escape");
      await page.sees("The board has not admitted this device yet");
      await desk.picture("reading-meanwhile");
      await page.click("link", "Show the six words", { exact: false });
      await page.get("heading", "Read these on the call");
      assert.equal(await wordsOn(desk), words, "the same words, again");
    });

    await step("the chair reads the same words and admits; the window goes on by itself", async () => {
      await cab(chair, ["exchange"]);
      const { waiting } = await cab(chair, ["member", "list"]);
      assert.deepEqual(
        waiting.map((one) => one.words),
        [words],
        "both sides read the same",
      );
      await cab(chair, ["member", "admit", words, "--checked", "video call"], { pin: CHAIR.pin });
      await page.at(/^\/changes/);
      await page.sees("You are admitted");
      await desk.picture("admitted");
      await page.press("g", "a");
      await page.sees("Signs with an own key");
      await desk.picture("record");
    });
  } finally {
    await desk.close();
    await rm(home, { recursive: true, force: true });
  }
});
