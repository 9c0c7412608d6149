import { within } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

it("presumes nothing: what is not answered stays open", async () => {
  await open("/spoken", "record");
  expect(await screen.findByText("0 confirmed, 0 contested, 4 left open")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Sign…" })).toBeDisabled();
});

it("answers by keys and signs all of it once, in the signing window", async () => {
  const { user, transport } = await open("/spoken", "record");
  await screen.findByText("0 confirmed, 0 contested, 4 left open");
  await user.keyboard("yjx");
  expect(await screen.findByLabelText("What was so instead")).toHaveFocus();
  await user.keyboard("I abstained.{Control>}{Enter}{/Control}");
  expect(transport.asked).toEqual([
    {
      kind: "spoken_acts",
      confirmed: ["9f3a22c1#0"],
      contested: [{ act: "9f3a22c1#1", reason: "I abstained." }],
    },
  ]);
});

it("does not go on to sign a contest without what was so instead", async () => {
  const { user, transport } = await open("/spoken", "record");
  await screen.findByText("0 confirmed, 0 contested, 4 left open");
  await user.keyboard("x{Control>}{Enter}{/Control}");
  expect(await screen.findByText("Say what was so instead.")).toBeInTheDocument();
  expect(transport.asked).toEqual([]);
});

it("confirms all that is left, and keeps what was contested", async () => {
  const { user, transport } = await open("/spoken", "record");
  await screen.findByText("0 confirmed, 0 contested, 4 left open");
  await user.keyboard("x");
  await user.type(await screen.findByLabelText("What was so instead"), "I was away.");
  await user.click(screen.getByRole("button", { name: "Confirm all" }));
  expect(await screen.findByText("3 confirmed, 1 contested, 0 left open")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Sign…" }));
  expect(transport.asked[0]).toMatchObject({ contested: [{ act: "9f3a22c1#0", reason: "I was away." }] });
});

it("keeps answered acts in sight with what was said", async () => {
  await open("/spoken", "record");
  expect(await screen.findByText("says: “I had left the call by then.”")).toBeInTheDocument();
  expect(screen.getByText("Confirmed")).toBeInTheDocument();
});

it("heads the agenda with what was contested since the last meeting", async () => {
  await open("/meetings/mtg-next/agenda", "record");
  const head = await screen.findByRole("region", { name: "Contested since the last meeting" });
  expect(within(head).getByText(/Tomasz Zielinski: voted to approve/)).toBeInTheDocument();
  expect(within(head).getByText("says: “I had left the call by then.”")).toBeInTheDocument();
});
