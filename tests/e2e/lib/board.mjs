// How every journey begins: a board of one's own, its people, and where its tickets are.
import { reference } from "./page.mjs";
import { until } from "./wait.mjs";

/** The four pages of the first run. `chair.also`: the chair's other role; `others`: the people without a key. */
export async function firstRun(desk, { board, chair, others, pin }) {
  const { page } = desk;
  await page.at(/welcome/);
  await page.fill("Name of the board", board);
  await page.fill("Your name", chair.name);
  if (chair.also) await page.choose("You are also", chair.also);
  await page.fill("Your account in the ticketing system", String(chair.account));
  await desk.picture("first-run-board");
  await page.click("button", "Next");
  await page.sees("In Redmine");
  await desk.picture("first-run-tickets");
  await page.click("button", "Next");
  await page.get("button", "Add a person");
  for (const [index, person] of others.entries()) {
    await page.click("button", "Add a person");
    await page.fill("Name", person.name, { nth: index });
    await page.choose("Role", person.role, { nth: index });
    await page.fill("Account", String(person.account), { nth: index });
  }
  if (others.length > 0) await desk.picture("first-run-people");
  await page.click("button", "Next");
  await page.fill("PIN", pin);
  await page.fill("The same again", pin);
  await page.click("checkbox", "I accept", { exact: false });
  await desk.picture("first-run-pin");
  await page.click("button", "Create the board");
  await page.at(/^\/connection/);
}

/** What a person answers where the program knows no meaning and does not guess. */
const MEANINGS = {
  New: "Being written",
  Open: "Being written",
  "In Progress": "Being deployed",
  Resolved: "Closed",
  Duplicate: "Closed",
  // An administrator once added this kind.
  Expedited: "Emergency",
};

/** The guided set-up: address and key, the project, what its fields mean, a dry run, save. */
export async function connect(desk, redmine, project) {
  const { page } = desk;
  await page.fill("Address", redmine.url);
  await page.fill("API key", redmine.keys.svc);
  await desk.picture("connection-where");
  await page.click("button", "Test the connection");
  await page.sees("signed in as");
  await page.choose("Project", project);
  await page.sees("Does it come out right?");
  await desk.picture("connection-mapping");
  for (const name of (await page.names("button", "Meaning of")).filter((name) => /^not mapped/i.test(name))) {
    const meaning = MEANINGS[/Meaning of (.*)$/.exec(name)[1]];
    if (!meaning) throw new Error(`the journey knows no meaning for: ${name}`);
    await page.choose(name, meaning, { exact: true, exactChoice: true });
  }
  await page.reveal("button", "Meaning of New", { exact: false });
  await desk.picture("connection-meanings");
  await page.click("button", "Try it on 20 changes");
  await page.reveal("button", "Save and read the changes");
  await desk.picture("connection-dry-run");
  await page.click("button", "Save and read the changes");
  await page.sees("What this server allows");
  await desk.picture("connection-saved");
}

/** Waits in the list until all of the server's changes are there. */
export async function readAll(desk, count) {
  const { page } = desk;
  await page.press("g", "c");
  await page.at(/^\/changes$/);
  await until(`${count} changes are read`, async () => (await page.names("radio", `All ${count}`)).length > 0, {
    patience: 240_000,
  });
  await desk.picture("changes-arriving");
  // The list is there before the details are; what follows wants them all.
  await page.misses("Reading changes", { patience: 240_000 });
  await desk.picture("changes");
}

/** Opens a change from wherever one is, by the palette. */
export async function open(desk, { key, subject }) {
  const { page } = desk;
  await page.press("Mod+k");
  const dialog = await page.get("dialog", "Find or do");
  await page.type(key);
  await until(`${key} is found`, () =>
    desk.driver.script(
      "return [...arguments[0].querySelectorAll('[role=menuitem]')].some((item) => item.innerText.includes(arguments[1]))",
      reference(dialog),
      key,
    ),
  );
  await page.settled();
  await page.press("Enter");
  await page.at(/^\/changes\/[^/]+/);
  await page.get("heading", subject, { exact: false });
}
