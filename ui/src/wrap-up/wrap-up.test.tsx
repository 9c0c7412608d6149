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

it("says that a draft is older than the corrections, and composes it again", async () => {
  const { user, transport } = await open(AT, "closed");
  expect(await screen.findByText(/asked for or answered since this draft/)).toBeInTheDocument();
  await user.keyboard("w");
  await waitFor(() => expect(transport.calls).toContain("composeMinutes"));
  await waitFor(() => expect(screen.queryByText(/since this draft/)).toBeNull());
  expect(screen.getByRole("button", { name: /Compose again/ })).toBeInTheDocument();
});

it("says that the meeting is closed where its draft was not composed, and offers to", async () => {
  const { user, transport } = await open(AT, "meeting");
  const close = transport.closeMeeting;
  transport.closeMeeting = async (request) => {
    const view = await close(request);
    return { ...view, minutes: { ...view.minutes, state: "none", path: null }, compose_failed: "the disk is full" };
  };
  await screen.findByRole("heading", { name: "CAB 21 Nov 2026" });
  await user.keyboard("c");
  await screen.findByRole("dialog", { name: "Close the meeting" });
  await user.keyboard("{Enter}");
  expect(await screen.findByText(/The draft was not composed: the disk is full/)).toBeInTheDocument();
  await user.keyboard("w");
  await waitFor(() => expect(screen.queryByText(/The draft was not composed/)).toBeNull());
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
