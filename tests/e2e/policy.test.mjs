// Why a change is blocked, in two keystrokes from the list; and a policy that is adopted after its simulation.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Desk, gallery } from "./lib/desk.mjs";
import { steps } from "./lib/steps.mjs";
import { until } from "./lib/wait.mjs";

const DRAFT = "Draft of a policy.toml";

/** Where a clause is mended, in the guide's words: what the way there is called, and what opens. */
function placeOf(clause, leads) {
  const within = (...spans) => spans.some(([from, to = from]) => clause >= from && clause <= to);
  if (within([15, 29], [46, 47], [82], [92, 94], [96], [109], [111])) return ["To its plan", "plan"];
  if (within([56], [58], [73, 75], [77, 79], [110])) return ["To its schedule", "schedule"];
  if (within([80])) return ["To its risk", "risk"];
  if (within([12], [30, 31], [61], [63, 64], [69], [72], [76], [89])) return ["To conditions and sign-offs", "conditions"];
  if (within([49, 53], [66, 67], [95])) return ["To emergencies", "emergencies"];
  if (within([2], [5, 10], [13], [33, 35], [43, 44], [62], [81], [83])) return ["To its evidence", "overview"];
  // The ticket's own: only its requester can fill it in, and what was decided is not given back.
  return leads.includes("See the change") ? ["See the change", "overview"] : ["Return to requester", "dialog"];
}

test("the policy speaks in the window, and another is adopted there", async (t) => {
  const folder = await gallery("policy");
  const home = await mkdtemp(join(tmpdir(), "cabinet-policy-"));
  const desk = await Desk.open({
    args: ["--sample", "--automated-test"],
    folder,
    env: { XDG_DATA_HOME: join(home, "data"), XDG_CONFIG_HOME: join(home, "config"), XDG_STATE_HOME: join(home, "state") },
  });
  const { page, driver } = desk;
  const step = steps(t, desk);
  let pin = "";

  try {
    await step("the sample board is read", async () => {
      await page.at(/^\/changes$/);
      pin = await until("the PIN of the chair", async () => /PIN of [^:\n]+: (\S+)/.exec(await page.text())?.[1] ?? null);
      await until("at least sixty changes", async () => {
        const [all] = await page.names("radio", "All ");
        return Number(all?.slice(4)) >= 60;
      });
      await page.misses("Reading changes", { patience: 120_000 });
    });

    await step("why a change is blocked is seen by one key, and the next leads to what mends it", async () => {
      const blocked = await until("a change that is blocked", async () => {
        const rows = await page.names("row");
        const at = rows.findIndex((name) => name.includes("blocking"));
        return at > 0 ? at : null;
      });
      // The first row is the head of the list.
      await page.press(...Array.from({ length: blocked - 1 }, () => "j"));
      await page.settled();

      await page.press("w");
      await until("the panel says what blocks", async () =>
        (await page.names("heading")).some((name) => /gates? blocks? it$/.test(name)),
      );
      const gate = await driver.script(`
        const line = document.querySelector("[data-region=why] li[aria-current=true]");
        const [head, ...rest] = line.querySelectorAll("p");
        const told = rest.map((one) => ({ words: one.innerText.trim(), weight: Number(getComputedStyle(one).fontWeight) }));
        const clause = [...line.querySelectorAll("p:first-child span")].map((one) => one.innerText.trim()).find((one) => /^R\\d+$/.test(one));
        return { head: head.innerText.trim(), told, clause: clause ?? "", leads: line.querySelector("button").innerText.trim() };
      `);
      assert.match(gate.head, /^Blocks/);
      assert.match(gate.clause, /^R\d+$/, "the clause it stands on");
      // What would satisfy it stands first and stands out, and then what was found.
      const [satisfied, found] = gate.told;
      assert.ok(satisfied.words.length > 10 && satisfied.weight > found.weight, `what would satisfy it: ${JSON.stringify(gate)}`);
      assert.ok(found.words.length > 0 && found.words !== satisfied.words, `what was found: ${JSON.stringify(gate)}`);
      await desk.picture("why-blocked");

      await page.press("Enter");
      const [words, opens] = placeOf(Number(gate.clause.slice(1)), gate.leads);
      assert.ok(gate.leads.includes(words), `${gate.clause} leads to ${words}: “${gate.leads}”`);
      await until(`what mends ${gate.clause}: ${opens}`, async () => {
        if (opens === "dialog") return (await page.names("dialog", "Return to its requester")).length > 0;
        const place = await page.place();
        return opens === "emergencies" ? /^\/emergencies/.test(place) : new RegExp(`^/changes/.*tab=(%22)?${opens}\\b`).test(place);
      });
      await desk.picture("why-mended");
      await page.press("Escape");
    });

    await step("the policy in force is told in words", async () => {
      await page.press("g", "p");
      await page.at(/^\/policy/);
      await page.sees("What blocks");
      await page.sees("An adoption is undone by another");
      await desk.picture("in-force");
      await page.press("3");
      await page.sees("Proposed:");
      await desk.picture("past-changes");
    });

    await step("a draft with a mistake is told its line", async () => {
      await page.press("2");
      await page.click("button", "Begin with full");
      const field = await page.focus(DRAFT);
      const replace = async (from, to) => {
        await driver.script(
          "const [f, from] = arguments; const at = f.value.indexOf(from); f.focus(); f.setSelectionRange(at, at + from.length);",
          field,
          from,
        );
        await page.type(to);
        await until(`the draft holds ${to}`, () => driver.script("return arguments[0].value.includes(arguments[1])", field, to));
      };
      await replace('"full/1"', '"ours/1"');
      await replace('branch = "main"', 'branhc = "main"');
      await page.press("Mod+Enter");
      await page.sees("did you mean");
      await page.sees("Line ");
      await desk.picture("mistake");
      await replace('branhc = "main"', 'branch = "main"');
      await page.press("Mod+Enter");
      await page.sees("ours/1 is a policy of strength full.");
    });

    await step("it is adopted after its simulation, in the signing window, with the PIN", async () => {
      await page.click("button", "Simulate");
      await page.sees("would have fared differently", { patience: 60_000 });
      await desk.picture("simulated");
      await page.click("button", "Adopt…");
      const signing = await desk.signing();
      await signing.picture("policy-to-sign");
      await signing.enter(pin);
      await signing.confirm();
      await signing.picture("policy-signed");
      await signing.leave();
      await page.sees("It is in force.");
      await page.press("Escape", "1");
      await page.get("heading", "ours/1");
      await desk.picture("adopted");
    });
  } finally {
    await desk.close();
    await rm(home, { recursive: true, force: true });
  }
});
