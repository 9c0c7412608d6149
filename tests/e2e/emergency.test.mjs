// An emergency in the real window, from its declaration on one screen to sealed minutes: the Service Manager declares it, a
// meeting of one item decides it, the CTO signs, what it owes stands there with its date and is met, and the chair's seal
// ratifies all of it. One person holds the three offices and the only key, as on a board's first day.
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { open } from "./lib/board.mjs";
import { cab, sampleServer } from "./lib/cab.mjs";
import { Desk, gallery } from "./lib/desk.mjs";
import { reference } from "./lib/page.mjs";
import { end, run } from "./lib/processes.mjs";
import { steps } from "./lib/steps.mjs";
import { until } from "./lib/wait.mjs";

const BOARD = "Ostwind change advisory board";
const CHAIR = { name: "Ingrid Solheim", account: 10, pin: "orchard-47-lantern" };
const LEAD = { name: "Tomás Figueira", account: 11 };
const SECURITY = { name: "Piotr Wójcik", account: 13 };
const INCIDENT = "INC-2041";
const BUSINESS = "Head of Retail";
const SHOWN = "Held on Monday, with the notes beside the incident";

/** A board of three, connected and read. */
async function board(data, server) {
  const member = (one, roles) => ["--member", `${one.name};${roles};${one.account};voting`];
  await cab(
    data,
    [
      ...["board", "create", "--name", BOARD, "--accept"],
      ...member(CHAIR, "chair,cto,service-manager"),
      ...member(LEAD, "technical-lead"),
      ...member(SECURITY, "security"),
    ],
    { pin: CHAIR.pin },
  );
  await cab(
    data,
    ["connect", "--url", server.url, "--project", server.project, "--prefix", "CHG", "--accept-unmapped", "--api-key-fd", "0"],
    { input: `${server.api_key}\n` },
  );
  await cab(data, ["sync"]);
}

/** A change that nothing blocks, and that the CTO may sign. */
async function signable(data) {
  const { rows } = await cab(data, ["change", "list", "--view", "open", "--limit", "200"]);
  for (const row of rows.filter((one) => one.gates_blocking === 0 && one.remote_status === "Authorize")) {
    const view = await cab(data, ["change", "show", row.key]);
    const [only, ...more] = view.required_sign_offs;
    if (more.length > 0 || !only?.holders.includes(CHAIR.name)) continue;
    await cab(data, ["change", "download", row.key]);
    return row;
  }
  throw new Error("the sample has no such change");
}

test("an emergency runs from declaration to ratified with its obligations", async (t) => {
  const folder = await gallery("emergency");
  const home = await mkdtemp(join(tmpdir(), "cabinet-emergency-"));
  const data = join(home, "board");
  const server = await sampleServer();
  await board(data, server);
  const change = await signable(data);
  const desk = await Desk.open({ args: ["--data-dir", data, "--automated-test"], folder });
  const { page, driver } = desk;
  const step = steps(t, desk);
  const signed = async (name) => {
    const signing = await desk.signing();
    await signing.picture(name);
    await signing.enter(CHAIR.pin);
    await signing.confirm();
    await signing.picture(`${name}-signed`);
    await signing.leave();
  };

  try {
    await step("nothing is declared, and the form says all that it takes", async () => {
      await page.at(/^\/changes$/);
      await page.settled();
      await page.press("g", "e");
      await page.get("heading", "No emergency was declared");
      await desk.picture("none");
      await page.click("button", "Declare an emergency…");
      await page.get("dialog", "Declare an emergency");
      await page.fill("Change", change.key);
      await page.fill("Incident", INCIDENT);
      await page.fill("Who of the business was consulted", BUSINESS);
      await page.fill("What is broken (the service)", "Checkout");
      await page.fill("Who deploys", "Dora Lind");
      await page.fill("What is done", "Deploy the release that closes the leak of connections.");
      await page.fill("How it is taken back", "Deploy the release before it again.");
    });

    await step("it is declared by three facts, an incident and somebody of the business, and signed", async () => {
      const ready = async () => {
        const button = await page.get("button", "Go on to sign");
        return driver.script("const [b] = arguments; return !b.disabled && b.ariaDisabled !== 'true'", reference(button));
      };
      await page.click("checkbox", "It corrects an error");
      await page.click("checkbox", "The error is in the current release");
      await page.settled();
      assert.equal(await ready(), false, "two facts are no emergency");
      await page.click("checkbox", "The impact on the business is major");
      await until("it can be signed", ready);
      await desk.picture("form");
      await page.click("button", "Go on to sign");
      await signed("declaration");
      await page.get("region", `Emergency ${change.key}`);
      await page.sees(INCIDENT);
      await page.sees(BUSINESS);
    });

    await step("what it owes stands there with its date", async () => {
      const owed = await until("the review is owed", async () => {
        const lines = await page.names("listitem", "The review after it");
        return lines[0] ?? null;
      });
      assert.match(owed, /Due \d/);
      await desk.picture("owed");
    });

    await step("a meeting of one item is called at once", async () => {
      await page.press("g", "m");
      await page.at(/^\/meetings$/);
      await page.press("c");
      await page.fill("Title", "Emergency change advisory board");
      await page.fill("Place or call", "By call");
      await page.click("button", "Plan it");
      await page.at(/\/agenda$/);
      await page.click("button", `Put ${change.key} on the agenda`);
      await page.get("button", `Take ${change.key} off the agenda`);
      await desk.picture("agenda");
      await page.press("f");
      await page.get("dialog", "Call to order");
      await page.press("Enter");
      await page.at(/^\/meetings\/[^/]+$/);
    });

    await step("the board decides it with a quorum", async () => {
      const present = () =>
        driver.script("return [...document.querySelectorAll('aside input[type=checkbox]')].filter((i) => i.checked).length");
      await until("the chair is present", async () => (await present()) === 1);
      for (let count = 2; count <= 3; count++) {
        await page.press("Tab", "Space");
        await until(`${count} are present`, async () => (await present()) === count);
      }
      await page.sees("Quorum met");
      await page.press("Escape");
      await page.press("Shift+1");
      await page.sees("asked, no objection");
      await page.press("a");
      await page.get("button", "Record: Approved");
      await desk.picture("deciding");
      await page.press("Mod+Enter");
      await page.sees(`${change.key}: Approved`);
      await desk.picture("decided");
      await page.press("e");
      await page.at(/\/wrap-up$/);
      await page.sees("Close the meeting");
      await page.press("c");
      await page.get("dialog", "Close the meeting");
      await page.press("Enter");
      await page.misses("It cannot be opened again");
      await page.sees("Next:");
    });

    await step("the CTO signs it off", async () => {
      await page.sees("sign-off is still missing");
      await page.press("s");
      await signed("sign-off");
      await page.sees("Every required sign-off holds");
    });

    await step("what it owed is met, each with what shows it", async () => {
      await page.press("g", "e");
      await page.get("region", `Emergency ${change.key}`);
      const waiting = () => page.names("button", "Done…");
      for (let [owed] = await waiting(); owed; [owed] = await waiting()) {
        await page.click("button", owed);
        // What a review found may be a proposal for the policy as well, and has a form of its own.
        const review = owed.startsWith("The review");
        await page.get("dialog", `Say that ${change.key} ${review ? "was reviewed" : "owes it no more"}`);
        await page.fill(review ? "What the review found, or where that stands" : "What shows it", SHOWN);
        if (review) await desk.picture("review");
        await page.click("button", "Record as done");
        await page.misses("Say that");
        await until(`“${owed}” is gone`, async () => (await page.names("button", owed)).length === 0);
      }
      await page.sees(`Done: ${SHOWN}`);
      await desk.picture("met");
    });

    await step("the minutes ratify it by the chair's seal", async () => {
      await page.press("g", "m");
      await page.at(/^\/meetings$/);
      await page.sees("Emergency change advisory board");
      await page.settled();
      await page.press("Enter");
      await page.at(/\/wrap-up$/);
      await page.sees("Every required sign-off holds");
      await page.press("Mod+Enter");
      const signing = await desk.signing();
      await signing.enter(CHAIR.pin);
      await signing.confirm();
      await page.sees("The minutes are sealed", { patience: 120_000 });
      await signing.picture("seal-signed");
      await signing.leave();
      await desk.picture("ratified");
      const files = await readdir(data, { recursive: true });
      const minutes = files.find((name) => /(^|\/)minutes[^/]*\.pdf$/i.test(name));
      assert.ok(minutes, `sealed minutes lie in the data folder: ${files}`);
      const { text } = await run("pdftotext", [join(data, minutes), "-"]);
      const said = text.replace(/\s+/g, " ");
      assert.ok(said.includes("Declared an emergency by"), "the minutes say who declared it");
      assert.ok(said.includes(INCIDENT) && said.includes(BUSINESS), "with its incident, after consulting whom");
      assert.ok(said.includes(`done: ${SHOWN}`), "and what it owed, and what shows that it is met");
    });

    await step("the change shows it: declared, approved, and nothing owed is overdue", async () => {
      await page.press("g", "c");
      await page.at(/^\/changes$/);
      await open(desk, { key: change.key, subject: change.title });
      await page.sees("Approved");
      await desk.picture("change");
      await page.press("g", "o");
      await page.at(/^\/outbox$/);
      await until("the decision is on the ticket", async () => {
        const rows = await page.names("button", change.key);
        return rows.some((row) => row.includes("On the ticket")) || null;
      });
      await desk.picture("outbox");
    });
  } finally {
    await desk.close();
    await end(server.child);
    await rm(home, { recursive: true, force: true });
  }
});
