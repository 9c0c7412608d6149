// From first run to sealed minutes and the decision on its ticket, in the real window, with a real keyring and a
// real Redmine: the journey of a chair who is, on the first day, the only one with a key.
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect, firstRun, open, readAll } from "./lib/board.mjs";
import { Desk, gallery } from "./lib/desk.mjs";
import { accepts, extractFrom, imported } from "./lib/minutes.mjs";
import { bytesOf, server } from "./lib/redmine.mjs";
import { reviewPlan, walkRisk } from "./lib/review.mjs";
import { agenda } from "./lib/tickets.mjs";
import { steps } from "./lib/steps.mjs";
import { until } from "./lib/wait.mjs";

const BOARD = "Meridian change advisory board";
const PIN = "orchard-47-lantern";
const CHAIR = { name: "Blessing Nkemelu", login: "bnkemelu", also: "CTO" };
const OTHERS = [
  { name: "Carla Jansen", login: "cjansen", role: "Technical Development Lead" },
  { name: "Fumiko Tanaka", login: "ftanaka", role: "Service Manager" },
  { name: "Hannes Bauer", login: "hbauer", role: "Security" },
  { name: "Kiran Patel", login: "kpatel", role: "Release Manager" },
];

test("a board does its work in the window: from first run to sealed minutes and the decision on its ticket", async (t) => {
  const folder = await gallery("journey");
  const home = await mkdtemp(join(tmpdir(), "cabinet-window-"));
  const data = join(home, "board");
  const redmine = server();
  const accounts = await redmine.accounts();
  const related = await redmine.finishedWork();
  const tickets = [];
  for (const change of agenda(accounts)) {
    const number = await redmine.createChange({ ...change, steps: ["Assess", "Authorize"], related });
    tickets.push({ number, key: `CHG-${number}`, subject: change.subject });
  }
  const [first, second] = tickets;
  const others = OTHERS.map((person) => ({ ...person, account: accounts[person.login] }));
  const desk = await Desk.open({ args: ["--data-dir", data, "--automated-test"], folder });
  const { page } = desk;
  const step = steps(t, desk);

  try {
    await step("first run: the board's name, five people, and a PIN", async () => {
      await firstRun(desk, { board: BOARD, chair: { ...CHAIR, account: accounts[CHAIR.login] }, others, pin: PIN });
    });

    await step("connection: address, key, test, mapping, dry run, save", async () => {
      await connect(desk, redmine, "Change management,");
    });

    await step("sync: every change of the server is in the list", async () => {
      await readAll(desk, await redmine.changesIn(redmine.project));
    });

    await step("list: filter as you type, and move by keys", async () => {
      await page.press("/");
      await page.type("instalment");
      await page.sees(first.key);
      await until("only rows with the word are left", async () => {
        const [, ...rows] = await page.names("row");
        return rows.length > 0 && rows.every((row) => row.includes("instalment"));
      });
      await desk.picture("changes-filtered");
      await page.press("Escape", "Escape");
      await page.press("/");
      await page.type("release");
      await page.press("Enter");
      await until("several rows", async () => (await page.names("row")).length > 5);
      const at = () => desk.driver.script("return document.querySelector('[role=grid]').getAttribute('aria-activedescendant')");
      await page.press("j", "j", "k");
      await until("the second row is under the cursor", async () => (await at()) === "row-1");
      await page.press("Space");
      await page.settled();
      await desk.picture("changes-peek");
      await page.press("Escape", "Escape");
    });

    await step("change: what it is, which gates it passes, where it stands", async () => {
      await open(desk, first);
      await page.sees("Required fields");
      await desk.picture("change-overview");
    });

    await step("risk: fifteen questions by keys, then submitted", async () => {
      for (const ticket of tickets) {
        await open(desk, ticket);
        await walkRisk(page, ticket === first ? (name) => desk.picture(name) : undefined);
      }
    });

    await step("plan: thirteen sections read, ticked and commented, then submitted", async () => {
      await open(desk, first);
      const comment = "Which release notes? Please name the page.";
      await reviewPlan(page, { ticks: 12, comment, seen: (name) => desk.picture(name) });
      await desk.picture("plan-submitted");
    });

    await step("agenda: two items, called to order", async () => {
      await page.press("g", "m");
      await page.at(/^\/meetings$/);
      await page.press("c");
      await page.fill("Title", "Weekly change advisory board");
      await page.fill("Place or call", "Room Athena");
      await desk.picture("meeting-new");
      await page.click("button", "Plan it");
      await page.at(/\/agenda$/);
      for (const ticket of tickets) {
        await page.click("button", `Put ${ticket.key} on the agenda`);
        await page.get("button", `Take ${ticket.key} off the agenda`);
      }
      await page.sees("2 items");
      await desk.picture("agenda");
      await page.press("f");
      await page.get("dialog", "Call to order");
      await desk.picture("agenda-call");
      await page.press("Enter");
      await page.at(/^\/meetings\/[^/]+$/);
    });

    await step("meeting: attendance, votes, decisions, all by keys", async () => {
      await page.sees("Quorum short");
      await desk.picture("meeting-roster");
      // The chair who called to order is there; the others are ticked as they say their names.
      const present = () =>
        desk.driver.script("return [...document.querySelectorAll('aside input[type=checkbox]')].filter((i) => i.checked).length");
      await until("the chair is present", async () => (await present()) === 1);
      for (let count = 2; count <= 5; count++) {
        await page.press("Tab", "Space");
        await until(`${count} are present`, async () => (await present()) === count);
      }
      await page.sees("Quorum met");
      await desk.picture("meeting-quorum");
      await page.press("Escape");
      await page.press("v");
      await page.settled();
      for (let vote = 0; vote < 5; vote++) {
        await page.press("1");
        await page.settled();
      }
      await desk.picture("meeting-voted");
      await page.press("a");
      await page.get("button", "Record: Approved");
      await desk.picture("meeting-deciding");
      await page.press("Mod+Enter");
      await page.sees(`${first.key}: Approved`);
      await desk.picture("meeting-decided");
      await page.press("n");
      // Its title stands in the agenda all along: the item itself is there once its heading is.
      await page.get("heading", second.subject);
      await page.settled();
      await page.press("Shift+1");
      await page.sees("asked, no objection");
      await page.press("w");
      await page.focus("Condition 1");
      await page.type("Withdraw the old key two weeks later.");
      await page.choose("When", "After");
      await desk.picture("meeting-conditions");
      await page.press("Mod+Enter");
      await page.sees(`${second.key}: Approved with conditions`);
      await desk.picture("meeting-all-decided");
    });

    await step("wrap-up: the meeting is closed", async () => {
      await page.press("e");
      await page.at(/\/wrap-up$/);
      await page.sees("Close the meeting");
      await page.press("c");
      await page.get("dialog", "Close the meeting");
      await desk.picture("close");
      await page.press("Enter");
      await page.misses("It cannot be opened again");
      await page.sees("Next:");
      await desk.picture("wrap-up");
    });

    await step("sign-off: the CTO signs both in the signing window, the PIN once", async () => {
      await page.sees("2 sign-offs are still missing");
      await page.press("s");
      const signing = await desk.signing();
      await signing.picture("sign-off");
      await signing.enter(PIN);
      await signing.picture("sign-off-pin");
      await signing.confirm();
      await page.sees("1 sign-off is still missing");
      await signing.confirm();
      await page.sees("Every required sign-off holds");
      await signing.picture("sign-off-signed");
      await signing.leave();
      await desk.picture("signed");
    });

    await step("minutes: sealed with the PIN, and verified", async () => {
      await page.press("Mod+Enter");
      const signing = await desk.signing();
      await signing.picture("seal");
      await signing.enter(PIN);
      await signing.confirm();
      await page.sees("The minutes are sealed", { patience: 120_000 });
      await signing.picture("seal-signed");
      await signing.leave();
      await page.press("v");
      await page.get("region", "Verification");
      await desk.picture("sealed");
      await page.reveal("region", "Verification");
      await desk.picture("verified");
    });

    await step("pages: the sealed minutes are read in the window, page by page", async () => {
      await page.press("l");
      await page.at(/\/wrap-up\/pages$/);
      const drawn = (number) =>
        desk.driver.script("return document.querySelector(`[data-page='${arguments[0]}'][data-drawn]`) !== null", number);
      await until("the first page is drawn", () => drawn(1));
      // What is drawn is the PDF: its words lie over the page.
      await until("its words are there", () =>
        desk.driver.script("return document.querySelector(\"[data-page='1'] .page-words\").textContent.includes('Meridian')"),
      );
      const [took] = await desk.driver.script(
        "return performance.getEntriesByName('preview-first-page').map((one) => one.duration)",
      );
      assert.ok(took > 0, "how long the first page took is measured");
      await desk.picture("pages");
      await page.press("+", "n");
      await until("the second page is drawn", () => drawn(2));
      await desk.picture("pages-larger");
      await page.click("button", "Back");
      await page.at(/\/wrap-up$/);
    });

    await step("outbox: both decisions are on their tickets", async () => {
      await page.press("g", "o");
      await page.at(/^\/outbox$/);
      for (const ticket of tickets) {
        await until(`${ticket.key} is written back`, async () => {
          const rows = await page.names("button", ticket.key);
          return rows.some((row) => row.includes("On the ticket")) || null;
        });
      }
      await desk.picture("outbox");
    });

    await step("outside: other programs accept the minutes, and the tickets carry the decision once", async () => {
      const sealed = (await readdir(data, { recursive: true })).filter((name) => /minutes.*\.pdf$/i.test(name));
      assert.ok(sealed.length >= 1, `sealed minutes lie in the data folder: ${sealed}`);
      const root = join(home, "root.pem");
      const minutes = join(data, sealed[0]);
      await extractFrom(minutes, "root.pem", root);
      await accepts(minutes, await imported(root, join(home, "nss")));
      await writeFile(join(folder, "minutes.pdf"), await bytesOf(minutes));
      for (const ticket of tickets) {
        const issue = await redmine.issue(ticket.number);
        const decided = issue.journals.filter((journal) => journal.notes.includes(`Decision of ${BOARD}`));
        assert.equal(decided.length, 1, `${ticket.key} carries one note of the decision`);
        assert.equal(decided[0].user.name, "Cabinet Service", "written by the service account");
        assert.equal(issue.status.name, "Approved", `${ticket.key} has moved on`);
        const extracts = issue.attachments.filter((file) => file.filename.endsWith(".pdf"));
        assert.equal(extracts.length, 1, `${ticket.key} carries one extract`);
        const extract = join(home, `${ticket.key}.pdf`);
        await writeFile(extract, await redmine.download(extracts[0].content_url));
        await accepts(extract, join(home, "nss"));
      }
    });

    await step("an extract that lies anywhere is verified by its path, under this board's own root", async () => {
      const [{ key }] = tickets;
      await page.press("g", "v");
      await page.at(/^\/verify$/);
      await page.fill("File", join(home, `${key}.pdf`));
      await page.click("button", "Verify it");
      await page.sees(`${key}.pdf holds, under this board's own root`, { patience: 60_000 });
      await page.sees(`Extract: the decision on ${key}`);
      await desk.picture("verify");
    });
  } finally {
    await desk.close();
    await rm(home, { recursive: true, force: true });
  }
});
