import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen, within } from "../../testing/render";

it("shows who answered and who is silent, and votes by way of the signing window", async () => {
  const { user, transport } = await open("/emergencies");
  const of = within(await screen.findByRole("region", { name: "Circular on CHG-38" }));
  expect(of.getByText("May the fix go out tonight?")).toBeInTheDocument();
  const answers = within(of.getByRole("list", { name: "Answers" })).getAllByRole("listitem");
  expect(answers).toHaveLength(4);
  expect(answers[2]).toHaveTextContent("Tomasz Zielinski: silent");
  expect(answers[3]).toHaveTextContent("may not vote (wrote the change (R89))");
  await user.click(of.getByRole("button", { name: "Vote for…" }));
  await waitFor(() => expect(transport.asked).toHaveLength(1));
  expect(transport.asked[0]).toEqual({ kind: "circular_vote", circular: "c1", position: "approve" });
});

it("is ended by its chair, and then says what follows", async () => {
  const { user } = await open("/emergencies");
  const of = within(await screen.findByRole("region", { name: "Circular on CHG-38" }));
  await user.click(of.getByRole("button", { name: "End it" }));
  expect(await of.findByText(/^Not ratified yet: it stands, and tops the agenda/)).toBeInTheDocument();
  expect(of.queryByRole("button", { name: "Vote for…" })).toBeNull();
});

it("steps aside only with a reason", async () => {
  const { user, transport } = await open("/emergencies");
  await user.click(await screen.findByRole("button", { name: "Step aside…" }));
  const dialog = await screen.findByRole("dialog", { name: "Step aside on CHG-38" });
  expect(within(dialog).getByRole("button", { name: "Go on to sign" })).toBeDisabled();
  await user.type(within(dialog).getByLabelText("Why"), "My brother wrote it");
  await user.click(within(dialog).getByRole("button", { name: "Go on to sign" }));
  await waitFor(() => expect(transport.asked).toHaveLength(1));
  expect(transport.asked[0]).toMatchObject({ kind: "circular_recusal", reason: "My brother wrote it" });
});
