import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen, violations, within } from "../../testing/render";

const AT = "/changes/chg-1";
const SCENE = "two-words";

/** The row of a gate, by its name, once it is known what can be done about it. */
async function rowOf(label: string): Promise<HTMLElement> {
  await screen.findByRole("button", { name: "Resources are named: Waive…" });
  const found = screen.getAllByText(label).find((one) => one.closest("li") !== null);
  return found!.closest("li")!;
}

it("offers a waiver only where the policy lists the gate, and says of a hard block why not", async () => {
  await open(AT, SCENE);
  const listed = await rowOf("Resources are named");
  expect(within(listed).getByRole("button", { name: "Resources are named: Waive…" })).toBeInTheDocument();
  const hard = await rowOf("The ticket exists");
  expect(hard).toHaveTextContent("The ticket exists (R11) is never waived, by nobody.");
  expect(within(hard).queryByRole("button")).toBeNull();
  const unlisted = await rowOf("Reviewed by another");
  expect(unlisted).toHaveTextContent("The policy starter/1 lets nobody waive R62.");
  expect(within(unlisted).queryByRole("button", { name: /Waive/ })).toBeNull();
  const freeze = await rowOf("Outside every freeze");
  expect(within(freeze).queryByRole("button", { name: /Waive/ })).toBeNull();
  await waitFor(async () => expect(await violations()).toEqual([]));
});

it("asks for a waiver by its key, says what follows, and leaves the PIN to the signing window", async () => {
  const { user, transport } = await open(AT, SCENE);
  await screen.findByRole("button", { name: "Resources are named: Waive…" });
  await user.keyboard("v");
  const dialog = await screen.findByRole("dialog", { name: "Waive Resources are named" });
  const impact = within(dialog).getByRole("region", { name: "What follows once it is in force" });
  expect(impact).toHaveTextContent("R23 no longer keeps the change from being approved.");
  expect(impact).toHaveTextContent(/Still in its way: .*The ticket exists \(R11\)/);
  expect(impact).toHaveTextContent("It takes a second person");
  expect(dialog.querySelector("input[type=password]")).toBeNull();
  const go = within(dialog).getByRole("button", { name: "Go on to sign" });
  expect(go).toBeDisabled();
  expect(await violations()).toEqual([]);
  await user.type(within(dialog).getByLabelText("Why"), "The vendor names it on the day");
  await user.click(go);
  await waitFor(() => expect(transport.asked).toHaveLength(1));
  const reason = "The vendor names it on the day";
  expect(transport.asked[0]).toMatchObject({ kind: "waiver", gate: "plan-r23", reason, until: "" });
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("asks for an exception that ends with the window or later", async () => {
  const { user, transport } = await open(AT, SCENE);
  await user.click(await screen.findByRole("button", { name: /Except from Year end…/ }));
  const dialog = await screen.findByRole("dialog", { name: "Except the change from Year end" });
  expect(dialog).toHaveTextContent("Why there is a freeze: The books are closed");
  await user.type(within(dialog).getByLabelText("Why"), "Year end needs it");
  await user.click(within(dialog).getByRole("button", { name: "Go on to sign" }));
  await waitFor(() => expect(transport.asked).toHaveLength(1));
  expect(transport.asked[0]).toMatchObject({
    kind: "exception",
    freeze: "year-end",
    reason: "Year end needs it",
    until: "2099-12-20T22:30:00.000Z",
  });
});

it("offers the exception beside the schedule, too", async () => {
  const { user, transport } = await open(`${AT}?tab=schedule`, SCENE);
  await user.click(await screen.findByRole("button", { name: "Year end: Except from Year end…" }));
  const dialog = await screen.findByRole("dialog", { name: "Except the change from Year end" });
  expect(within(dialog).getByRole("button", { name: "Go on to sign" })).toBeDisabled();
  expect(await violations()).toEqual([]);
  expect(transport.asked).toEqual([]);
});

it("overrides a level by one who raises it or two who lower it, and not below a floor", async () => {
  const { user, transport } = await open(`${AT}?tab=risk`, SCENE);
  await screen.findByRole("button", { name: /Override the level…/ });
  await user.keyboard("o");
  const dialog = await screen.findByRole("dialog", { name: "Override the level of risk" });
  expect(dialog).toHaveTextContent("Low is below a floor of it: an emergency.");
  expect(within(dialog).queryByRole("radio", { name: /^Low/ })).toBeNull();
  await user.click(within(dialog).getByRole("radio", { name: /^Critical/ }));
  expect(dialog).toHaveTextContent("It counts at once: one person may raise a level.");
  await user.type(within(dialog).getByLabelText("Why"), "Nobody has done this before");
  await user.click(within(dialog).getByRole("button", { name: "Go on to sign" }));
  await waitFor(() => expect(transport.asked).toHaveLength(1));
  expect(transport.asked[0]).toMatchObject({ kind: "override", to: "critical" });
});

it("shows above the changes what is asked of the member, and seconds it by way of the signing window", async () => {
  const { user, transport } = await open("/changes", SCENE);
  const asked = within(await screen.findByRole("region", { name: "Asked of you: a second word" }));
  expect(asked.getByText("The list of systems comes with the vendor's note")).toBeInTheDocument();
  await user.click(asked.getByRole("button", { name: /Second it…$/ }));
  const dialog = await screen.findByRole("dialog", { name: "Second what Amara Okafor said" });
  expect(dialog).toHaveTextContent("It is in force with your signature.");
  await user.click(within(dialog).getByRole("button", { name: "Go on to sign" }));
  await waitFor(() => expect(transport.asked).toHaveLength(1));
  expect(transport.asked[0]).toMatchObject({ kind: "second", entry: "e3b0c44298fc1c14", reason: "" });
});

it("says on every other screen that a second word waits, and nothing where none does", async () => {
  await open("/meetings", SCENE);
  expect(await screen.findByText(/waits for your second word/)).toBeInTheDocument();
});

it("shows no empty list where nothing is asked", async () => {
  await open("/changes");
  await screen.findByRole("heading", { name: "Changes" });
  expect(screen.queryByRole("region", { name: "Asked of you: a second word" })).toBeNull();
});

it("says who approves a plan, and approves it apart from the change", async () => {
  const { user, transport } = await open(AT, SCENE);
  const row = await rowOf("The plan is approved");
  expect(row).toHaveTextContent("Ines Duarte is none of those who approve plans");
  expect(row).toHaveTextContent("Can sign it here: Tomasz Zielinski");
  await user.click(within(row).getByRole("button", { name: /Approve the plan…/ }));
  const dialog = await screen.findByRole("dialog", { name: "Approve the plan" });
  expect(dialog).toHaveTextContent("The change itself is not decided by that.");
  await user.click(within(dialog).getByRole("button", { name: "Go on to sign" }));
  await waitFor(() => expect(transport.asked).toHaveLength(1));
  expect(transport.asked[0]).toMatchObject({ kind: "plan_approval", reason: "" });
});

it("attests an answer with a file on the member's word, and shows whose word it is", async () => {
  const { user, transport } = await open(AT, SCENE);
  await screen.findByRole("button", { name: "Resources are named: Waive…" });
  await user.keyboard("i");
  const dialog = await screen.findByRole("dialog", { name: "Attest an answer" });
  const now = within(dialog).getByRole("button", { name: "Attest" });
  expect(now).toBeDisabled();
  await user.click(within(dialog).getByRole("radio", { name: "Yes" }));
  await user.type(within(dialog).getByLabelText("In more words"), "!12 by Barbara");
  const field = document.querySelector<HTMLInputElement>("input[type=file]");
  await user.upload(field!, new File(["log"], "review.log", { type: "text/plain" }));
  expect(await within(dialog).findByText(/^Chosen: review.log/)).toBeInTheDocument();
  expect(await violations()).toEqual([]);
  await user.click(now);
  expect(await screen.findByText(/^Ines Duarte \(Chair\) attested .*: yes, !12 by Barbara/)).toBeInTheDocument();
  expect(transport.asked).toEqual([]);
});

it("waives one of several departments' sign-offs, which the member picks", async () => {
  const { user, transport } = await open(AT, SCENE);
  await user.click(await screen.findByRole("button", { name: "Every department has signed: Waive…" }));
  const dialog = await screen.findByRole("dialog", { name: "Waive Every department has signed" });
  expect(dialog).toHaveTextContent("A waiver covers the sign-off of one department: choose it.");
  expect(dialog).toHaveTextContent("Legal: Amara Okafor said it already. Another member seconds it.");
  expect(within(dialog).queryByRole("radio", { name: "Legal" })).toBeNull();
  await user.type(within(dialog).getByLabelText("Why"), "They are on a plane");
  const go = within(dialog).getByRole("button", { name: "Go on to sign" });
  expect(go).toBeDisabled();
  await user.click(within(dialog).getByRole("radio", { name: "Security" }));
  expect(dialog).toHaveTextContent("The sign-off for Security (R12) no longer keeps the change from being approved.");
  expect(dialog).toHaveTextContent(/Still in its way: the sign-off for Legal \(R12\), the sign-off for Payments/);
  expect(await violations()).toEqual([]);
  await user.click(go);
  await waitFor(() => expect(transport.asked).toHaveLength(1));
  expect(transport.asked[0]).toMatchObject({ kind: "waiver", gate: "departments:Security" });
});

it("takes the member's own word back by its key, with a reason, by way of the signing window", async () => {
  const { user, transport } = await open(AT, SCENE);
  await screen.findByRole("button", { name: /gate version \(R39\): Take it back…/ });
  expect(screen.getAllByRole("button", { name: /Take it back…/ })).toHaveLength(1);
  expect(screen.getByText("taken back by Amara Okafor: I had not read the vendor's note")).toBeInTheDocument();
  await user.keyboard("z");
  const dialog = await screen.findByRole("dialog", { name: "Take your word back" });
  const follows = within(dialog).getByRole("region", { name: "What follows once it is signed" });
  expect(follows).toHaveTextContent("It sets nothing aside any more");
  const go = within(dialog).getByRole("button", { name: "Go on to sign" });
  expect(go).toBeDisabled();
  expect(await violations()).toEqual([]);
  await user.type(within(dialog).getByLabelText("Why"), "The vendor answered");
  await user.click(go);
  await waitFor(() => expect(transport.asked).toHaveLength(1));
  const [entry, reason] = ["9a0c11d2e3f40516", "The vendor answered"];
  expect(transport.asked[0]).toMatchObject({ kind: "take_back", entry, reason });
});

it("attests a spent error budget on the page of the risk", async () => {
  const { user } = await open(`${AT}?tab=risk`, SCENE);
  const name = /^Is the error budget of the service spent.* Attest an answer…$/;
  await user.click(await screen.findByRole("button", { name }));
  const dialog = await screen.findByRole("dialog", { name: "Attest an answer" });
  await user.click(within(dialog).getByRole("radio", { name: "Yes" }));
  await user.type(within(dialog).getByLabelText("In more words"), "since Tuesday");
  await user.click(within(dialog).getByRole("button", { name: "Attest" }));
  expect(await screen.findByText(/^Ines Duarte \(Chair\) attested .*: yes, since Tuesday/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: /Attest another answer…$/ })).toBeInTheDocument();
  await waitFor(async () => expect(await violations()).toEqual([]));
});
