import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen, within } from "../../testing/render";

const AT = "/meetings/mtg-next/wrap-up";

it("says which items are restricted and seals the edition that withholds them", async () => {
  const { user, transport } = await open(AT, "sealed");
  const of = within(await screen.findByRole("region", { name: "Circulated edition" }));
  expect(of.getAllByRole("listitem")[0]).toHaveTextContent("Item 2: CHG-4107");
  expect(of.getByText(/^10 fields are withheld/)).toBeInTheDocument();
  await user.keyboard("i");
  const word = { act: "circulated" };
  await waitFor(() => expect(transport.asked).toEqual([{ kind: "of_minutes", meeting: "mtg-next", word }]));
});

it("offers no circulated edition where nothing is restricted, and before the seal", async () => {
  const { user, transport } = await open("/meetings/mtg-prev/wrap-up");
  await screen.findByRole("region", { name: "Errata" });
  expect(screen.queryByRole("region", { name: "Circulated edition" })).toBeNull();
  await user.keyboard("i");
  expect(transport.asked).toEqual([]);
});

it("writes an erratum, says that it is final, and seals it through the signing window", async () => {
  const { user, transport } = await open(AT, "sealed");
  const of = within(await screen.findByRole("region", { name: "Errata" }));
  expect(of.getByText("Nothing was said to be wrong in these minutes.")).toBeInTheDocument();
  await user.keyboard("e");
  const dialog = within(await screen.findByRole("dialog", { name: "Write an erratum" }));
  expect(dialog.getByText(/^It cannot be taken back/)).toBeInTheDocument();
  const go = dialog.getByRole("button", { name: "Go on to sign" });
  await user.type(dialog.getByLabelText("What is wrong"), "Ten hosts");
  await user.type(dialog.getByLabelText("What is right"), "Ten hosts");
  expect(go).toBeDisabled();
  await user.clear(dialog.getByLabelText("What is right"));
  await user.type(dialog.getByLabelText("What is right"), "Two hosts");
  await user.click(go);
  const word = { act: "erratum", wrong: "Ten hosts", right: "Two hosts" };
  await waitFor(() => expect(transport.asked).toEqual([{ kind: "of_minutes", meeting: "mtg-next", word }]));
});

it("opens an erratum that is sealed", async () => {
  const { user, transport } = await open("/meetings/mtg-prev/wrap-up");
  await user.click(await screen.findByRole("button", { name: /^Erratum 1:\s*Open the PDF/ }));
  expect(transport.calls).toContain("openErratum");
});

it("hands the minutes out into a folder and says what lies there", async () => {
  const { user, transport } = await open("/meetings/mtg-prev/wrap-up");
  await screen.findByRole("region", { name: "Errata" });
  await user.keyboard("d");
  const dialog = within(await screen.findByRole("dialog", { name: "Hand the minutes out" }));
  const folder = dialog.getByRole("textbox", { name: "Folder" });
  await waitFor(() => expect(folder).toHaveValue("/home/ines/Documents/minutes-2026-11-14"));
  expect(dialog.queryByRole("radio")).toBeNull();
  await user.clear(folder);
  expect(dialog.getByRole("button", { name: "Write the files" })).toBeDisabled();
  await user.type(folder, "/srv/minutes{Enter}");
  expect(await dialog.findByText("/srv/minutes")).toBeInTheDocument();
  expect(dialog.getAllByRole("listitem")[0]).toHaveTextContent("-minutes.pdf (was there already)");
  expect(dialog.getByText("The mail is addressed to ines@shop.example, tomasz@shop.example.")).toBeInTheDocument();
  expect(dialog.getByText("Without an address on the roster: Amara Okafor.")).toBeInTheDocument();
  expect(transport.calls).toContain("handOutMinutes");
});

it("proposes the circulated edition, and hands the full one out only to whoever says so in words", async () => {
  const { user } = await open(AT, "circulated");
  await screen.findByRole("region", { name: "Errata" });
  await user.keyboard("d");
  const dialog = within(await screen.findByRole("dialog", { name: "Hand the minutes out" }));
  expect(await dialog.findByRole("radio", { name: /^The circulated edition/ })).toBeChecked();
  const write = dialog.getByRole("button", { name: "Write the files" });
  await waitFor(() => expect(write).toBeEnabled());
  await user.click(dialog.getByRole("radio", { name: /^The full minutes/ }));
  expect(write).toBeDisabled();
  expect(dialog.getByText(/everything of 2 restricted items: CHG-4107, CHG-4128/)).toBeInTheDocument();
  await user.type(dialog.getByRole("textbox", { name: /type: tell everything$/ }), "Tell everything");
  expect(write).toBeEnabled();
  await user.click(dialog.getByRole("radio", { name: /^The circulated edition/ }));
  await user.click(write);
  expect(await dialog.findByText(/-minutes-circulated\.pdf/)).toBeInTheDocument();
  expect(dialog.getByText(/^Not handed out, .*CHG-4107/)).toBeInTheDocument();
});

it("hands a draft out before the seal, and says what for", async () => {
  const { user } = await open("/meetings/mtg-prev/wrap-up", "approving");
  await screen.findByRole("region", { name: "Corrections" });
  await user.keyboard("d");
  const dialog = within(await screen.findByRole("dialog", { name: "Hand the draft out" }));
  expect(dialog.getByText(/until when corrections are taken/)).toBeInTheDocument();
  const write = dialog.getByRole("button", { name: "Write the files" });
  await waitFor(() => expect(write).toBeEnabled());
  await user.click(write);
  expect(await dialog.findByText(/-draft-2026-11-21-155800\.pdf/)).toBeInTheDocument();
});

it("chooses who signs after the chair, in turns, until the seal", async () => {
  const { user, transport } = await open(AT, "closed");
  const of = within(await screen.findByRole("region", { name: "Signs after the chair" }));
  expect(of.getByRole("listitem")).toHaveTextContent("turn 1: Tomasz Zielinski");
  await user.keyboard("t");
  const dialog = within(await screen.findByRole("dialog", { name: "Choose who signs after the chair" }));
  await user.click(dialog.getByRole("button", { name: /Turn of Amara Okafor/ }));
  await user.click(await screen.findByRole("option", { name: "turn 3" }));
  await user.click(dialog.getByRole("button", { name: "Choose" }));
  await waitFor(() => expect(of.getAllByRole("listitem")).toHaveLength(2));
  expect(of.getAllByRole("listitem")[1]).toHaveTextContent("turn 2: Amara Okafor");
  expect(transport.calls).toContain("chooseSignatories");
});

it("settles the next meeting while the meeting is in session, in words", async () => {
  const { user, transport } = await open(AT, "meeting");
  expect(await screen.findByText(/Not settled yet/)).toBeInTheDocument();
  await user.keyboard("m");
  const dialog = within(await screen.findByRole("dialog", { name: "Settle the next meeting" }));
  await user.type(dialog.getByLabelText("When and where"), "Wednesday, 14:00{Enter}");
  expect(await screen.findByText(/Wednesday, 14:00/)).toBeInTheDocument();
  expect(transport.calls).toContain("settleNextMeeting");
});
