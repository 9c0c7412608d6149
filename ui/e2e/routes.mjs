// Every screen of the window, with the board it is seen on, and what is done there first.
const press =
  (...keys) =>
  async (page) => {
    for (const key of keys) {
      await page.keyboard.press(key);
      await page.waitForTimeout(150);
    }
  };

const chooseInvitation = async (page) => {
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "zhang.invitation", mimeType: "application/json", buffer: Buffer.from("{}") });
  await page.getByRole("heading", { name: "Are you on the call?" }).waitFor();
};

const bringReceipt = async (page) => {
  await press("b")(page);
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "gate-receipt.json", mimeType: "application/json", buffer: Buffer.from("gate-receipt") });
  await page.getByRole("button", { name: "Bring in", exact: true }).click();
  await page.getByText("4 of 20 used").first().waitFor();
};

const draftPolicy = async (page, from, to) => {
  await page.getByRole("button", { name: "Begin with full" }).click();
  const field = page.getByLabel("Draft of a policy.toml");
  await field.fill((await field.inputValue()).replace(from, to));
};

const simulatePolicy = async (page) => {
  await draftPolicy(page, "full/1", "ours/1");
  await page.getByRole("button", { name: "Simulate" }).click();
  await page.getByRole("heading", { name: "2 changes would have fared differently" }).waitFor();
};

const mistakePolicy = async (page) => {
  await draftPolicy(page, 'branch = "main"', 'branch = ""');
  await press("Control+Enter")(page);
  await page.getByRole("heading", { name: "1 mistake" }).waitFor();
};

const declareEmergency = async (page) => {
  await page.getByRole("button", { name: "Declare an emergency" }).click();
  await page.getByRole("dialog").waitFor();
};

const actFor = (name) => async (page) => {
  await page.getByRole("button", { name }).first().click();
  await page.getByRole("dialog").waitFor();
};

/** A page counts once pdf.js has drawn it and has laid its words over it. */
const page1 = async (page) => {
  await page.locator("[data-page='1'][data-drawn] .page-words span").first().waitFor({ state: "attached" });
};

const verifiedPages = async (page) => {
  await page.getByLabel("File", { exact: true }).fill("/home/ines/minutes.pdf");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Show its pages" }).click();
  await page1(page);
};

const verifyFile = (name, heading) => async (page) => {
  await page
    .locator("input[type=file]")
    .setInputFiles({ name, mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") });
  await page.getByRole("heading", { name: heading }).waitFor();
};

export const ROUTES = [
  { name: "first-run", scene: "first-run", path: "/welcome" },
  {
    name: "first-run-people",
    scene: "first-run",
    path: "/welcome",
    act: async (page) => {
      await page.getByLabel("Name of the board").fill("Change Advisory Board");
      await page.getByLabel("Your name").fill("Ines Duarte");
      await page.getByLabel("Your account").fill("ines");
      await press("Enter")(page);
      await page.getByRole("button", { name: "Next" }).click();
      await page.getByRole("button", { name: "Add a person" }).click();
      await page.waitForTimeout(120);
      await page.keyboard.type("Tomasz Zielinski");
    },
  },
  {
    name: "first-run-pin",
    scene: "first-run",
    path: "/welcome",
    act: async (page) => {
      await page.getByLabel("Name of the board").fill("Change Advisory Board");
      await page.getByLabel("Your name").fill("Ines Duarte");
      for (let i = 0; i < 3; i++) await page.getByRole("button", { name: "Next" }).click();
      await page.getByLabel("PIN", { exact: true }).fill("12345678");
      await page.getByRole("button", { name: "Create the board" }).click();
    },
  },
  { name: "connection-new", scene: "not-connected", path: "/connection" },
  {
    name: "connection-mapping",
    scene: "not-connected",
    path: "/connection",
    height: 1500,
    act: async (page) => {
      await page.getByLabel("Address").fill("https://redmine.shop.example");
      await page.getByLabel("API key").fill("0123456789abcdef");
      await page.getByRole("button", { name: "Test the connection" }).click();
      await page.getByRole("button", { name: "Project" }).click();
      await page.getByRole("option").first().click();
      await page.getByRole("button", { name: "Try it on 20 changes" }).click();
      await page.waitForTimeout(200);
    },
  },
  { name: "connection", scene: "working", path: "/connection" },
  { name: "changes", scene: "working", path: "/changes" },
  { name: "changes-peek", scene: "working", path: "/changes", act: press("j", "j", "j", "Space") },
  { name: "changes-why", scene: "working", path: "/changes", act: press("j", "j", "w") },
  { name: "changes-empty", scene: "not-connected", path: "/changes" },
  {
    name: "palette",
    scene: "working",
    path: "/changes",
    act: async (page) => {
      await press("Control+k")(page);
      await page.keyboard.type("pass");
      await page.waitForTimeout(300);
    },
  },
  { name: "sheet", scene: "working", path: "/changes", act: press("?") },
  { name: "preferences", scene: "working", path: "/changes", act: press("Control+,") },
  { name: "change-overview", scene: "working", path: "/changes/chg-1" },
  { name: "change-risk", scene: "working", path: "/changes/chg-1?tab=risk" },
  { name: "change-plan", scene: "working", path: "/changes/chg-1?tab=plan" },
  { name: "change-conditions", scene: "working", path: "/changes/chg-38?tab=conditions" },
  { name: "change-written", scene: "working", path: "/changes/chg-38?tab=conditions", act: press("c") },
  { name: "change-pipelines", scene: "working", path: "/changes/chg-40?tab=conditions" },
  { name: "change-stand", scene: "working", path: "/changes/chg-40?tab=conditions", act: press("a") },
  { name: "change-receipts", scene: "working", path: "/changes/chg-40?tab=conditions", act: bringReceipt },
  { name: "change-delegated", scene: "working", path: "/changes/chg-21" },
  { name: "change-export-plan", scene: "working", path: "/changes/chg-40", act: press("h") },
  { name: "change-ask", scene: "working", path: "/changes/chg-1?tab=conditions", act: press("w") },
  { name: "change-schedule", scene: "working", path: "/changes/chg-1?tab=schedule" },
  { name: "change-acts", scene: "two-words", path: "/changes/chg-1", height: 2400 },
  { name: "change-waive", scene: "two-words", path: "/changes/chg-1", act: actFor("Waive…") },
  { name: "change-except", scene: "two-words", path: "/changes/chg-1", act: actFor("Except from") },
  { name: "change-plan-approve", scene: "two-words", path: "/changes/chg-1", act: actFor("Approve the plan…") },
  { name: "change-attest", scene: "two-words", path: "/changes/chg-1", act: actFor("Attest an answer…") },
  { name: "change-second", scene: "two-words", path: "/changes/chg-1", act: actFor("Second it…") },
  { name: "change-take-back", scene: "two-words", path: "/changes/chg-1", act: actFor("Take it back…") },
  { name: "change-waive-slot", scene: "two-words", path: "/changes/chg-1", act: actFor("Every department") },
  { name: "change-override", scene: "two-words", path: "/changes/chg-1?tab=risk", act: actFor("Override the level…") },
  { name: "changes-asked", scene: "two-words", path: "/changes" },
  { name: "sign-waiver", scene: "two-words", path: "/sign", width: 640, height: 760 },
  { name: "change-history", scene: "working", path: "/changes/chg-38?tab=history" },
  { name: "risk-walk", scene: "working", path: "/changes/chg-3/risk" },
  { name: "plan-review", scene: "working", path: "/changes/chg-6/plan", act: press("k", "k", "k", "k", "k", "c") },
  { name: "meetings", scene: "meeting", path: "/meetings" },
  { name: "meeting-new", scene: "working", path: "/meetings", act: press("c") },
  { name: "meetings-extracts", scene: "working", path: "/meetings", act: press("x") },
  { name: "agenda", scene: "working", path: "/meetings/mtg-next/agenda" },
  { name: "agenda-on-paper", scene: "working", path: "/meetings/mtg-next/agenda", act: press("p") },
  { name: "agenda-restricted", scene: "working", path: "/meetings/mtg-next/agenda", act: press("r", "j", "r") },
  { name: "agenda-call", scene: "working", path: "/meetings/mtg-next/agenda", act: press("f") },
  { name: "meeting", scene: "meeting", path: "/meetings/mtg-next" },
  { name: "meeting-refused", scene: "meeting", path: "/meetings/mtg-next", act: press("a") },
  { name: "meeting-vote", scene: "meeting", path: "/meetings/mtg-next", act: press("n", "v", "1", "1") },
  { name: "meeting-conditions", scene: "meeting", path: "/meetings/mtg-next", act: press("n", "w") },
  {
    name: "meeting-decided",
    scene: "meeting",
    path: "/meetings/mtg-next",
    act: press("n", "Shift+Digit1", "a", "Control+Enter"),
  },
  { name: "meeting-roster", scene: "meeting", path: "/meetings/mtg-next", act: press("q") },
  { name: "meeting-late", scene: "meeting", path: "/meetings/mtg-next", act: press("l") },
  { name: "sign-off", scene: "working", path: "/sign", width: 720, height: 760 },
  { name: "sign-off-reaffirmed", scene: "stale", path: "/sign", width: 640, height: 760 },
  {
    name: "sign-off-wrong-pin",
    scene: "working",
    path: "/sign",
    width: 720,
    height: 760,
    act: async (page) => {
      await page.keyboard.type("not the pin");
      await press("Control+Enter")(page);
    },
  },
  { name: "wrap-up-open", scene: "meeting", path: "/meetings/mtg-next/wrap-up", act: press("c") },
  { name: "wrap-up", scene: "closed", path: "/meetings/mtg-next/wrap-up" },
  { name: "wrap-up-sealed", scene: "sealed", path: "/meetings/mtg-next/wrap-up" },
  { name: "wrap-up-correct", scene: "closed", path: "/meetings/mtg-next/wrap-up", act: press("r") },
  { name: "wrap-up-take-in", scene: "closed", path: "/meetings/mtg-next/wrap-up", act: actFor("Take in…") },
  { name: "wrap-up-decline", scene: "closed", path: "/meetings/mtg-next/wrap-up", act: actFor("Decline…") },
  { name: "wrap-up-approve", scene: "approving", path: "/meetings/mtg-prev/wrap-up", act: press("p") },
  { name: "wrap-up-signatories", scene: "closed", path: "/meetings/mtg-next/wrap-up", act: press("t") },
  { name: "wrap-up-erratum", scene: "sealed", path: "/meetings/mtg-next/wrap-up", act: press("e") },
  { name: "wrap-up-beside", scene: "sealed", path: "/meetings/mtg-next/wrap-up", height: 2400 },
  { name: "wrap-up-hand-out", scene: "sealed", path: "/meetings/mtg-next/wrap-up", act: press("d") },
  { name: "wrap-up-hand-out-editions", scene: "circulated", path: "/meetings/mtg-next/wrap-up", act: press("d") },
  { name: "wrap-up-hand-out-draft", scene: "closed", path: "/meetings/mtg-next/wrap-up", act: press("d") },
  { name: "wrap-up-handed-out", scene: "circulated", path: "/meetings/mtg-next/wrap-up", act: press("d", "Enter") },
  { name: "wrap-up-next", scene: "meeting", path: "/meetings/mtg-next/wrap-up", act: press("m") },
  { name: "pages", scene: "sealed", path: "/meetings/mtg-next/wrap-up/pages", act: page1 },
  {
    name: "pages-larger",
    scene: "sealed",
    path: "/meetings/mtg-next/wrap-up/pages?annex=1",
    act: async (page) => {
      await page1(page);
      await press("+", "+", "n")(page);
      await page.locator("[data-page='2'][data-drawn]").waitFor();
    },
  },
  { name: "wrap-up-annex", scene: "working", path: "/meetings/mtg-prev/wrap-up" },
  { name: "calendar", scene: "working", path: "/calendar" },
  { name: "calendar-empty", scene: "not-connected", path: "/calendar" },
  { name: "calendar-move", scene: "working", path: "/calendar", act: press("l") },
  { name: "freezes", scene: "working", path: "/freezes" },
  { name: "freezes-empty", scene: "not-connected", path: "/freezes" },
  { name: "releases", scene: "working", path: "/releases" },
  { name: "releases-assess", scene: "working", path: "/releases", act: press("r") },
  { name: "releases-empty", scene: "not-connected", path: "/releases" },
  { name: "meeting-together", scene: "meeting", path: "/meetings/mtg-next", act: press("o") },
  { name: "emergencies", scene: "working", path: "/emergencies" },
  { name: "emergencies-declare", scene: "working", path: "/emergencies", act: declareEmergency },
  { name: "emergencies-empty", scene: "not-connected", path: "/emergencies" },
  { name: "outbox", scene: "offline", path: "/outbox" },
  { name: "outbox-empty", scene: "not-connected", path: "/outbox" },
  { name: "record-members", scene: "record", path: "/record" },
  { name: "record-provisional", scene: "not-connected", path: "/record" },
  { name: "record-invite", scene: "record", path: "/record", act: press("j", "j", "j", "i") },
  {
    name: "record-invited",
    scene: "record",
    path: "/record",
    act: async (page) => {
      await press("n")(page);
      await page.getByLabel("Name", { exact: true }).fill("Rana Haddad");
      await page.getByRole("button", { name: "Write the invitation" }).click();
      await page.waitForTimeout(150);
    },
  },
  { name: "record-admit", scene: "record", path: "/record", act: press("a") },
  { name: "record-delegate", scene: "record", path: "/record", act: press("d") },
  { name: "record-exchange", scene: "record", path: "/record?tab=exchange" },
  { name: "record-exchange-none", scene: "not-connected", path: "/record?tab=exchange" },
  { name: "record-packs", scene: "record", path: "/record?tab=packs" },
  { name: "record-packs-none", scene: "not-connected", path: "/record?tab=packs" },
  { name: "record-pack-make", scene: "working", path: "/record?tab=packs", act: press("p") },
  { name: "record-pack-answer", scene: "record", path: "/record?tab=packs", act: press("w") },
  { name: "record-details", scene: "record", path: "/record?tab=details" },
  { name: "record-older", scene: "older", path: "/record" },
  {
    name: "record-recover",
    scene: "older",
    path: "/record",
    act: async (page) => {
      await page.getByRole("button", { name: "Nobody has them" }).click();
      await page.waitForTimeout(150);
    },
  },
  { name: "sign-admission", scene: "record", path: "/sign", width: 640, height: 760 },
  { name: "policy", scene: "working", path: "/policy" },
  { name: "policy-draft-none", scene: "working", path: "/policy?tab=draft" },
  { name: "policy-simulated", scene: "working", path: "/policy?tab=draft", height: 1400, act: simulatePolicy },
  { name: "policy-mistake", scene: "working", path: "/policy?tab=draft", act: mistakePolicy },
  { name: "policy-fare", scene: "working", path: "/policy?tab=fare" },
  { name: "policy-fare-empty", scene: "not-connected", path: "/policy?tab=fare" },
  { name: "sign-policy", scene: "policy", path: "/sign", width: 640, height: 760 },
  { name: "spoken", scene: "record", path: "/spoken", act: press("y", "j", "x") },
  { name: "spoken-empty", scene: "working", path: "/spoken" },
  { name: "news", scene: "record", path: "/changes" },
  { name: "agenda-contested", scene: "record", path: "/meetings/mtg-next/agenda" },
  { name: "join", scene: "first-run", path: "/join" },
  { name: "join-board", scene: "first-run", path: "/join", act: chooseInvitation },
  {
    name: "join-pin",
    scene: "first-run",
    path: "/join",
    act: async (page) => {
      await chooseInvitation(page);
      await page.getByRole("button", { name: "Next" }).click();
      await page.waitForTimeout(120);
    },
  },
  { name: "admission", scene: "joining", path: "/admission" },
  { name: "verify", scene: "working", path: "/verify" },
  { name: "verify-own", scene: "working", path: "/verify", height: 1400, act: verifyFile("minutes.pdf", /holds/) },
  { name: "verify-pages", scene: "working", path: "/verify", height: 2400, act: verifiedPages },
  { name: "verify-other", scene: "working", path: "/verify", height: 1500, act: verifyFile("other.pdf", /holds/) },
  { name: "verify-refused", scene: "working", path: "/verify", act: verifyFile("broken.pdf", /refused/) },
  { name: "verify-no-board", scene: "first-run", path: "/welcome/verify" },
];
