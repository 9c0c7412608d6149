import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

const AT = "/meetings/mtg-next/wrap-up";

it("names what closing does to undecided items before it closes", async () => {
  const { user, transport } = await open(AT, "meeting");
  await screen.findByRole("heading", { name: "CAB 21 Nov 2026" });
  await user.keyboard("c");
  expect(await screen.findByText(/8 items are undecided and will be recorded as no decision/)).toBeInTheDocument();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(transport.calls).toContain("closeMeeting"));
});

it("seals through the signing window, never by itself", async () => {
  const { user, transport } = await open(AT, "closed");
  await screen.findByRole("heading", { name: "CAB 21 Nov 2026" });
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(transport.calls).toContain("requestSigning"));
  expect(transport.calls).not.toContain("sign");
});

it("shows the verification line by line", async () => {
  await open(AT, "sealed");
  expect(await screen.findByText(/Unmodified since it was sealed/)).toBeInTheDocument();
  expect(screen.getByText("Whole file covered")).toBeInTheDocument();
  expect(screen.getByText("Claimed by the sealer; no outside witness")).toBeInTheDocument();
});
