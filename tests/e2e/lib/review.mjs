// A change goes through a reviewer's hands: its risk, then its plan, all by keys.
import { until } from "./wait.mjs";

/**
 * From an open change: what the ticket did not say is answered with the answer a careful person gives, then submitted.
 * `seen` is told what is on the screen.
 */
export async function walkRisk(page, seen = async () => {}) {
  await page.press("r");
  await page.at(/\/risk$/);
  await page.sees("points");
  await seen("risk-walk");
  await until("no question is open", async () => {
    const open = (await page.names("button", " open")).filter((name) => /^\d+ open$/.test(name));
    if (open.length === 0) return true;
    await page.press("n");
    await page.settled();
    await page.press("1");
    await page.settled();
    return false;
  });
  await seen("risk-walk-answered");
  await page.press("Mod+Enter");
  await page.at(/tab=(%22)?risk/);
  await page.sees("Submitted");
  await seen("risk-submitted");
}

/** From an open change: the first `ticks` sections are ticked, the next gets a comment, then it is submitted. */
export async function reviewPlan(page, { ticks, comment, seen = async () => {} }) {
  await page.press("p");
  await page.at(/\/plan$/);
  await page.sees("0/13");
  for (let ticked = 1; ticked <= ticks; ticked++) {
    await page.press("Space");
    await page.sees(`${ticked}/13`);
  }
  await page.press("c");
  await page.focus("Your comment");
  await page.type(comment);
  // One for the notice that the assessment is in the record, one to leave the field.
  await page.press("Escape", "Escape");
  await page.sees("draft");
  await seen("plan-review");
  await page.press("Mod+Enter");
  await page.at(/tab=(%22)?plan/);
}
