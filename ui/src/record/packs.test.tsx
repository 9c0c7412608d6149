import { within } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

it("shows what is left out before what is to be reviewed, and whether it is signed", async () => {
  await open("/record?tab=packs", "record");
  const page = await screen.findByRole("region", { name: "Review pack for Amara Okafor" });
  const text = page.textContent ?? "";
  expect(text).toMatch(/From\s*Ines Duarte/);
  expect(text.indexOf("load-test.pcap: not downloaded")).toBeGreaterThan(-1);
  expect(text.indexOf("load-test.pcap")).toBeLessThan(text.indexOf("To be reviewed"));
  expect(within(page).getAllByText("Not signed")).toHaveLength(2);
  expect(within(page).getByText("Policy starter 1, roster 3")).toBeInTheDocument();
});

it("opens a pack by its path, and shows its first page", async () => {
  const { user, transport } = await open("/record?tab=packs", "working");
  await screen.findByRole("heading", { name: "Open a pack" });
  expect(screen.queryByRole("region", { name: /^Review pack for/ })).toBeNull();
  await user.keyboard("o");
  await user.keyboard("/media/stick/okafor.pack{Enter}");
  expect(await screen.findByRole("region", { name: "Review pack for Amara Okafor" })).toBeInTheDocument();
  expect(transport.calls).toContain("openPack");
});

it("says where to look when there is no such file", async () => {
  const { user } = await open("/record?tab=packs", "working");
  await user.type(await screen.findByLabelText("File"), "/media/none.pack{Enter}");
  expect(await screen.findByText("Look where it was saved.")).toBeInTheDocument();
});

it("makes a pack by keys: for whom, which changes, and what is left out", async () => {
  const { user, transport } = await open("/record?tab=packs", "working");
  await screen.findByRole("heading", { name: "Open a pack" });
  await user.keyboard("p");
  const dialog = await screen.findByRole("dialog", { name: "Make a review pack" });
  expect(within(dialog).getByText("One file is not on this computer and is left out: load-test.pcap")).toBeVisible();
  expect(within(dialog).getByLabelText("Write the file to")).toHaveValue("/home/ines/Documents/zielinski.pack");
  for (const box of within(dialog).getAllByRole("checkbox")) await user.click(box);
  expect(within(dialog).getByRole("button", { name: "Make the pack" })).toBeDisabled();
  await user.type(within(dialog).getByLabelText("Other changes"), "chg-17 chg-18");
  await user.click(within(dialog).getByRole("button", { name: "Make the pack" }));
  const made = await screen.findByText(/The pack for Tomasz Zielinski lies here/);
  expect(made.textContent).toContain("CHG-17, CHG-18");
  expect(transport.calls).toContain("makePack");
});

it("leads to the members where nobody could open a pack", async () => {
  const { user } = await open("/record?tab=packs", "not-connected");
  await screen.findByRole("heading", { name: "Open a pack" });
  await user.keyboard("p");
  await screen.findByText("Nobody on the board has keys on another computer yet.");
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { name: "Members" })).toBeInTheDocument();
});

it("saves the answer, and says for whom it is", async () => {
  const { user, transport } = await open("/record?tab=packs", "record");
  await screen.findByRole("region", { name: "Review pack for Amara Okafor" });
  await user.keyboard("w");
  const dialog = await screen.findByRole("dialog", { name: "Save the answer" });
  expect(within(dialog).getByLabelText("Write the file to")).toHaveValue("/home/amara/Documents/okafor-answer.pack");
  await user.keyboard("{Enter}");
  expect(await within(dialog).findByText(/The answer for Ines Duarte lies here/)).toBeInTheDocument();
  expect(transport.calls).toContain("saveAnswer");
});

it("says plainly what of an answer came after the decision, and that it counts nowhere", async () => {
  const { user } = await open("/record?tab=packs", "working");
  await user.type(await screen.findByLabelText("File"), "/media/stick/answer.pack{Enter}");
  const came = await screen.findByRole("status", { name: "The answer of Amara Okafor came in" });
  expect(came).toHaveTextContent("2 entries are new");
  expect(came).toHaveTextContent("Came after the decision");
  expect(came).toHaveTextContent(/counts neither for the decision nor for approval, minutes or the pipeline's gate/);
  expect(came).toHaveTextContent("Amara Okafor signed off");
});
