import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen, within } from "../../testing/render";

const AT = "/meetings/mtg-next/wrap-up";
const section = async () => within(await screen.findByRole("region", { name: "Corrections" }));

it("lists what was asked for, with what became of it and until when more may be asked for", async () => {
  await open(AT, "closed");
  const of = await section();
  expect(of.getByText(/^Corrections may be asked for until 28 Nov 2026/)).toBeInTheDocument();
  const rows = of.getAllByRole("listitem");
  expect(rows).toHaveLength(3);
  expect(rows[0]).toHaveTextContent("CHG-4100: open");
  expect(rows[1]).toHaveTextContent("Attendance: taken in");
  expect(rows[1]).toHaveTextContent("Nothing: something is missing.");
  expect(rows[2]).toHaveTextContent("Actions: declined");
  expect(rows[2]).toHaveTextContent("It was said so.");
  expect(of.getByText("1 of the corrections asked for are not answered.")).toBeInTheDocument();
  expect(of.queryByRole("button", { name: /Record the approval/ })).toBeNull();
});

it("asks for other words by way of the signing window", async () => {
  const { user, transport } = await open(AT, "closed");
  await section();
  await user.keyboard("r");
  const dialog = within(await screen.findByRole("dialog", { name: "Ask for a correction" }));
  const go = dialog.getByRole("button", { name: "Go on to sign" });
  await user.type(dialog.getByLabelText("As it stands"), "Two hosts");
  await user.type(dialog.getByLabelText("The words you ask for"), "Two hosts");
  await user.type(dialog.getByLabelText("Why"), "misheard");
  expect(dialog.getByText("These are the words that stand there already.")).toBeInTheDocument();
  await user.clear(dialog.getByLabelText("As it stands"));
  expect(go).toBeDisabled();
  await user.click(dialog.getByRole("button", { name: /What is wrong/ }));
  await user.click(await screen.findByRole("option", { name: "Quorum" }));
  await user.click(go);
  const word = { act: "correct", about: "quorum", was: "", wording: "Two hosts", reason: "misheard" };
  await waitFor(() => expect(transport.asked).toEqual([{ kind: "of_minutes", meeting: "mtg-next", word }]));
});

it("takes a correction in with other words, and declines only with a reason", async () => {
  const { user, transport } = await open(AT, "closed");
  const of = await section();
  await user.click(of.getByRole("button", { name: /CHG-4100:\s*Take in/ }));
  const taking = within(await screen.findByRole("dialog", { name: "Take the correction in: CHG-4100" }));
  await user.type(taking.getByLabelText("Words in the minutes"), " in all");
  await user.click(taking.getByRole("button", { name: "Go on to sign" }));
  await waitFor(() => expect(transport.asked).toHaveLength(1));
  expect(transport.asked[0]).toMatchObject({ word: { act: "answer", taken: true, wording: "Two hosts in all" } });
  await user.click(await of.findByRole("button", { name: /CHG-4100:\s*Decline/ }));
  const declining = within(await screen.findByRole("dialog", { name: "Decline the correction: CHG-4100" }));
  expect(declining.getByRole("button", { name: "Go on to sign" })).toBeDisabled();
  await user.type(declining.getByLabelText("Why"), "It was ten");
  await user.click(declining.getByRole("button", { name: "Go on to sign" }));
  await waitFor(() => expect(transport.asked).toHaveLength(2));
  const word = { act: "answer", taken: false, wording: "", reason: "It was ten" };
  expect(transport.asked[1]).toMatchObject({ word });
});

it("records the approval by a later meeting, once nothing is open", async () => {
  const { user, transport } = await open("/meetings/mtg-prev/wrap-up", "approving");
  await section();
  await user.keyboard("p");
  const dialog = within(await screen.findByRole("dialog", { name: "Record that the minutes are approved" }));
  await user.click(dialog.getByRole("button", { name: "Go on to sign" }));
  const word = { act: "approve", by: "mtg-next" };
  await waitFor(() => expect(transport.asked).toEqual([{ kind: "of_minutes", meeting: "mtg-prev", word }]));
});
