import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen, violations, within } from "../../testing/render";

const AT = "/changes/chg-40?tab=conditions";

it("shows what pipelines may repeat, how much of it is used, and why one is suspended", async () => {
  await open(AT);
  const may = await screen.findByText("deploy-pay may deploy pay into production");
  const runs = may.closest("li")!;
  expect(runs).toHaveTextContent("3 of 20 used");
  expect(runs).toHaveTextContent("signed by Amara Okafor");
  const suspended = screen.getByText("deploy-pay-eu may deploy pay into production").closest("li")!;
  expect(suspended).toHaveTextContent("Suspended: The smoke test failed.");
  expect(within(suspended).queryByRole("button")).toBeNull();
});

it("suspends one by its key, only with a reason", async () => {
  const { user } = await open(AT);
  await screen.findByText("deploy-pay may deploy pay into production");
  await user.keyboard("x");
  const dialog = await screen.findByRole("dialog", { name: "Suspend what deploy-pay may repeat" });
  expect(within(dialog).getByRole("button", { name: "Suspend" })).toBeDisabled();
  expect(await violations()).toEqual([]);
  await user.keyboard("Certificates expire tonight");
  await user.click(within(dialog).getByRole("button", { name: "Suspend" }));
  expect(await screen.findByText("Suspended: Certificates expire tonight")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Suspend…/ })).toBeNull();
});

it("says that what a broken glass owed is done, with what shows it", async () => {
  const { user } = await open(AT);
  const owed = await screen.findAllByText(/a review by the board within 3 days$/);
  expect(owed[0]?.closest("li")).toHaveTextContent("Payments were down; nobody could be reached.");
  expect(owed[0]?.closest("li")).toHaveTextContent(/Open, due 25 Nov 2026, /);
  await user.keyboard("m");
  const dialog = await screen.findByRole("dialog", { name: "Say that it is done" });
  await user.type(within(dialog).getByLabelText("What shows it"), "Reviewed today");
  await user.click(within(dialog).getByRole("button", { name: "Record as met" }));
  expect(await screen.findByText("Met: Reviewed today")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Met…/ })).toBeNull();
});

it("signs what a pipeline may repeat by way of the signing window, once the form says all of it", async () => {
  const { user, transport } = await open(AT);
  await screen.findByRole("button", { name: /Sign a standing approval/ });
  await user.keyboard("a");
  const dialog = await screen.findByRole("dialog", { name: /^Let a pipeline repeat / });
  expect(dialog).toHaveTextContent("Who may signAmara Okafor");
  expect(dialog.querySelector("input[type=password]")).toBeNull();
  const go = within(dialog).getByRole("button", { name: "Go on to sign" });
  expect(go).toBeDisabled();
  expect(await violations()).toEqual([]);
  await user.type(within(dialog).getByLabelText("Service"), "pay");
  await user.type(within(dialog).getByLabelText("Pipeline"), "deploy-pay");
  const often = within(dialog).getByLabelText("How often");
  for (const wrong of ["0", "2.5", "10001"]) {
    await user.clear(often);
    await user.type(often, `${wrong}{Enter}`);
    expect(within(dialog).getByText("A whole number from 1 to 10,000.")).toHaveClass("text-bad");
    expect(go).toBeDisabled();
  }
  expect(transport.asked).toEqual([]);
  await user.clear(often);
  await user.type(often, "20{Enter}");
  await waitFor(() => expect(transport.asked).toHaveLength(1));
  expect(transport.asked[0]).toEqual({
    kind: "standing",
    change: "chg-40",
    service: "pay",
    pipeline: "deploy-pay",
    uses: 20,
    expires: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

it("says why nothing can be signed of a standard change, and offers no way to", async () => {
  const { user } = await open("/changes/chg-3?tab=conditions");
  expect(await screen.findByText(/is not approved: no decision yet/)).toBeInTheDocument();
  expect(screen.getByText("Bring it to a meeting of the board.")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Sign a standing approval/ })).toBeNull();
  await user.keyboard("a");
  expect(screen.queryByRole("dialog")).toBeNull();
});

/** The dialog of receipts by its key, and a way to bring a file in; it answers with what is told of them. */
async function receipts() {
  const { user } = await open(AT);
  await screen.findByRole("button", { name: /Bring in receipts/ });
  await user.keyboard("b");
  const dialog = await screen.findByRole("dialog", { name: "Bring in receipts" });
  const bring = async (text: string, name: string, ended: RegExp | null = null) => {
    const field = document.querySelector<HTMLInputElement>("input[type=file]");
    await user.upload(field!, new File([text], name, { type: "application/json" }));
    expect(await within(dialog).findByText(`Chosen: ${name}`)).toBeInTheDocument();
    if (ended) await user.click(within(dialog).getByRole("radio", { name: ended }));
    await user.click(within(dialog).getByRole("button", { name: "Bring in" }));
    return (await within(dialog).findByText(name)).closest("li")!;
  };
  return { dialog, bring };
}

const RECEIPT = '{"schema":"urn:x-cabinet:gate-receipt:1","verdict":"passed"}';

it("brings receipts in: each counts once, and a failure suspends what it was a use of", async () => {
  const { dialog, bring } = await receipts();
  expect(within(dialog).getByRole("button", { name: "Bring in" })).toBeDisabled();
  expect(await violations()).toEqual([]);
  const first = await bring(RECEIPT, "one.json");
  expect(first).toHaveTextContent("Counted: a use of what deploy-pay may repeat of");
  expect(first).toHaveTextContent("4 of 20 used · Runs");
  expect(first).not.toHaveTextContent("The record told of it before");
  const again = await bring(RECEIPT, "again.json");
  expect(again).toHaveTextContent("4 of 20 used");
  expect(again).toHaveTextContent("The record told of it before: it counts once.");
  const failed = await bring(`${RECEIPT} `, "two.json", /It failed/);
  expect(failed).toHaveTextContent("Counted as failed");
  expect(failed).toHaveTextContent("5 of 20 used · Suspended");
  expect(within(dialog).getByRole("status", { name: "What came of them" })).toContainElement(first);
  expect(await violations()).toEqual([]);
});

it("says of each file that is refused why, and of a broken glass what it leaves owing", async () => {
  const { bring } = await receipts();
  const letter = await bring("Dear all,", "letter.json");
  expect(letter).toHaveTextContent("Refused");
  expect(letter).toHaveTextContent("It is no receipt that cab-gate wrote");
  expect(await bring("gate-receipt of another board", "foreign.json")).toHaveTextContent("It is about another board.");
  const unknown = await bring("gate-receipt of another device", "unknown.json");
  expect(unknown).toHaveTextContent("not in the record on this device");
  const broken = await bring(RECEIPT.replace("passed", "glass-broken"), "broken.json");
  expect(broken).toHaveTextContent(/Recorded as owed: .* a review by the board within 3 days/);
});
