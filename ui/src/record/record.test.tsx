import { within } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

/** Words that only an auditor knows; they belong under Details. */
const AUDITORS = /fork|epoch|digest|quarantine|fingerprint|sha-?256|\blogs?\b/i;

it("is reached by g a, and says in the bar how much waits", async () => {
  const { user } = await open("/changes", "record");
  expect(await screen.findByRole("img", { name: "6 things wait for you" })).toBeInTheDocument();
  await user.keyboard("ga");
  expect(await screen.findByRole("heading", { name: "Record" })).toBeInTheDocument();
});

it("tells on every other screen what waits, and leads there", async () => {
  const { user } = await open("/changes", "record");
  const news = await screen.findByRole("complementary", { name: "What waits for you" });
  expect(news).toHaveTextContent("4 things were recorded in your name");
  expect(news).toHaveTextContent("One person waits to be admitted");
  await user.click(within(news).getByRole("link", { name: /Confirm or contest/ }));
  expect(await screen.findByRole("heading", { name: "What was said in my name" })).toBeInTheDocument();
});

it("speaks to people who never heard of keys: an auditor's words stand under Details alone", async () => {
  const { user } = await open("/record", "record");
  await screen.findByRole("heading", { name: "Wei Zhang waits to be admitted" });
  expect(document.body.textContent).not.toMatch(AUDITORS);
  await user.keyboard("2");
  await screen.findByRole("heading", { name: "Waiting and refused" });
  expect(document.body.textContent).not.toMatch(AUDITORS);
  await user.keyboard("3");
  await screen.findByRole("heading", { name: "Review pack for Amara Okafor" });
  expect(document.body.textContent).not.toMatch(AUDITORS);
  await user.keyboard("4");
  await screen.findByRole("heading", { name: "Quarantine" });
  expect(document.body.textContent).toMatch(AUDITORS);
});

it("admits whose six words were compared: how identity was checked is asked, the PIN is not", async () => {
  const { user, transport } = await open("/record", "record");
  const card = await screen.findByRole("region", { name: "Wei Zhang" });
  expect(within(card).getByText("Six words: orbit velvet harvest pilot lemon quarter")).toBeInTheDocument();
  await user.keyboard("a");
  const dialog = await screen.findByRole("dialog", { name: "Admit Wei Zhang" });
  expect(dialog.querySelector("input[type=password]")).toBeNull();
  const go = within(dialog).getByRole("button", { name: "Go on to sign" });
  expect(go).toBeDisabled();
  await user.keyboard("Video call");
  await user.click(within(dialog).getByRole("checkbox"));
  await user.click(go);
  expect(transport.asked).toEqual([
    { kind: "admission", enrolment: expect.any(String), checked: "Video call", hold_root: true },
  ]);
});

it("sends a second root holder to the signing window for a proposed roster", async () => {
  const { user, transport } = await open("/record", "record");
  await screen.findByText("Signed by Ines Duarte; it needs 2 signatures.");
  await user.keyboard("s");
  expect(transport.asked).toEqual([{ kind: "roster_proposal" }]);
});

it("invites a member of the roster by keys, and reads out the board's words", async () => {
  const { user, transport } = await open("/record", "working");
  await screen.findByRole("heading", { name: "Members" });
  await user.keyboard("jjji");
  const dialog = await screen.findByRole("dialog", { name: "Invite Wei Zhang" });
  expect(within(dialog).getByLabelText("Write the file to")).toHaveValue("/home/ines/Documents/zhang.invitation");
  await user.keyboard("{Enter}");
  expect(await within(dialog).findByText(/Six words: anchor merit saddle/)).toBeInTheDocument();
  expect(transport.calls).toContain("invite");
});

it("invites somebody new only with a name", async () => {
  const { user } = await open("/record", "working");
  await screen.findByRole("heading", { name: "Members" });
  await user.keyboard("n");
  const dialog = await screen.findByRole("dialog", { name: "Invite somebody new" });
  expect(within(dialog).getByRole("button", { name: "Write the invitation" })).toBeDisabled();
  await user.keyboard("Rana Haddad");
  expect(within(dialog).getByLabelText("Write the file to")).toHaveValue("/home/ines/Documents/haddad.invitation");
  await user.keyboard("{Enter}");
  expect(await within(dialog).findByText("The invitation lies here. Send it to Rana Haddad.")).toBeInTheDocument();
});

it("nags for a second keyholder on a board of one", async () => {
  await open("/record", "not-connected");
  expect(await screen.findByRole("heading", { name: "Only one person on this board holds a key" })).toBeInTheDocument();
});

it("exchanges by a key and says what came and what could not be reached", async () => {
  const { user, transport } = await open("/record?tab=exchange", "record");
  expect(await screen.findByText(/there is no such folder/)).toBeInTheDocument();
  expect(screen.getByText(/^2 things in a shared place are sealed to others/)).toBeInTheDocument();
  await user.keyboard("e");
  expect(await screen.findByText(/1 came, 2 went out/)).toBeInTheDocument();
  expect(transport.calls).toContain("exchange");
  expect(screen.queryByText(/there is no such folder/)).toBeNull();
  expect(screen.queryByText(/are sealed to others/)).toBeNull();
});

it("takes a shared folder where there was none", async () => {
  const { user } = await open("/record?tab=exchange", "not-connected");
  await user.type(await screen.findByLabelText("Folder"), "/mnt/cab{Enter}");
  expect(await screen.findByRole("button", { name: "No longer use /mnt/cab" })).toBeInTheDocument();
});

it("gives up an older copy's missing signatures only by way of the signing window", async () => {
  const { user, transport } = await open("/record", "older");
  await user.click(await screen.findByRole("button", { name: "Nobody has them…" }));
  const dialog = await screen.findByRole("dialog", { name: "Go on without what is missing" });
  expect(within(dialog).getByRole("button", { name: "Go on to sign" })).toBeDisabled();
  await user.keyboard("Restored from Monday");
  await user.click(within(dialog).getByRole("button", { name: "Go on to sign" }));
  expect(transport.asked).toEqual([{ kind: "recovery", reason: "Restored from Monday" }]);
  expect(transport.calls).not.toContain("recover");
});

it("says that what an older copy lacked came back, which asks nothing of anybody", async () => {
  const { user } = await open("/record?tab=exchange", "older");
  await screen.findByRole("heading", { name: "This is an older copy of the board" });
  expect(screen.queryByText(/came back from/)).toBeNull();
  await user.keyboard("e");
  expect(await screen.findByText(/4 entries of this device came back from folder/)).toBeInTheDocument();
  expect(screen.queryByRole("heading", { name: "This is an older copy of the board" })).toBeNull();
});

it("says which of two histories stands by way of the signing window, with what follows from each", async () => {
  const { user, transport } = await open("/record?tab=exchange", "record");
  await user.click(await screen.findByRole("button", { name: "Say which of Tomasz Zielinski's stands…" }));
  const dialog = await screen.findByRole("dialog", { name: "Two histories of Tomasz Zielinski" });
  expect(within(dialog).getAllByText(/has to be said again/)).toHaveLength(2);
  expect(within(dialog).getByText(/or one of those who may admit others: Ines Duarte/)).toBeInTheDocument();
  const go = within(dialog).getByRole("button", { name: "Go on to sign" });
  await user.click(within(dialog).getByRole("radio", { name: /I reject CHG-4100/ }));
  expect(go).toBeDisabled();
  await user.type(within(dialog).getByLabelText(/Why were there two/), "Copied folder");
  await user.click(go);
  expect(transport.asked).toEqual([{ kind: "fork", stands: "d0b7e4019f3a22c1aa77", reason: "Copied folder" }]);
});

it("takes a member's keys away by way of the signing window, with the reason", async () => {
  const { user, transport } = await open("/record", "working");
  await user.click(await screen.findByRole("button", { name: /Tomasz Zielinski:\s*Take keys away/ }));
  const dialog = await screen.findByRole("dialog", { name: "Take Tomasz Zielinski's keys away" });
  const go = within(dialog).getByRole("button", { name: "Go on to sign" });
  expect(go).toBeDisabled();
  await user.click(within(dialog).getByRole("radio", { name: /In other hands/ }));
  await user.click(go);
  expect(transport.asked).toEqual([{ kind: "revocation", member: "m-tomasz", reason: "compromised", from: "" }]);
});

it("names under Details alone what is not as it was given", async () => {
  const { user } = await open("/record?tab=exchange", "record");
  expect(await screen.findByText("One thing in a shared place is not as it was given")).toBeInTheDocument();
  expect(screen.queryByText(/entry 5f3a91c2/)).toBeNull();
  await user.keyboard("4");
  expect(await screen.findByText(/entry 5f3a91c2/)).toBeInTheDocument();
});

it("shows beside a member's key with which certificate of their company they sign documents, and until when", async () => {
  await open("/record", "record");
  const row = (await screen.findByRole("rowheader", { name: "Ines Duarte" })).closest("tr")!;
  expect(row).toHaveTextContent(
    "Signs documents with a certificate issued by CN=Meridian People to CN=Ines Duarte, until 1 May 2028",
  );
});
