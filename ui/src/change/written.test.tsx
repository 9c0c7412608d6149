import { expect, it } from "vitest";
import { open, screen, violations, within } from "../../testing/render";

it("counts a comment as a written sign-off by way of the signing window, with what it speaks for", async () => {
  const { user, transport } = await open("/changes/chg-38?tab=conditions");
  await screen.findByText(/^Amara Okafor approves in a comment of/);
  await user.keyboard("c");
  const dialog = await screen.findByRole("dialog", { name: "Count the comment of Amara Okafor" });
  expect(within(dialog).getByText(/^I approve CHG-\d+ 5b1c02ad9e7f43c1$/)).toBeInTheDocument();
  expect(within(dialog).getByText("High · 61 of 100 points")).toBeInTheDocument();
  expect(await violations()).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Go on to sign" }));
  expect(transport.asked).toEqual([{ kind: "written", change: "chg-38", member: "m-amara", comment: 7 }]);
});

it("says why a comment cannot be counted, and offers no way to", async () => {
  await open("/changes/chg-38?tab=conditions");
  const said = await screen.findByText(/^Tomasz Zielinski rejects in a comment of/);
  const line = said.closest("li")!;
  expect(line).toHaveTextContent("whoever asked for a change does not sign it off");
  expect(within(line).queryByRole("button")).toBeNull();
});

it("makes the question to be sent, for whoever is asked", async () => {
  const { user, transport } = await open("/changes/chg-1?tab=conditions");
  await screen.findByRole("heading", { name: "In writing" });
  await screen.findByRole("button", { name: /Ask in writing/ });
  await user.keyboard("w");
  const dialog = await screen.findByRole("dialog", { name: "Ask for a sign-off in writing" });
  expect(within(dialog).getByRole("button", { name: "Make the question" })).toBeDisabled();
  await user.click(within(dialog).getByRole("button", { name: /Who is asked/ }));
  await user.click(await screen.findByRole("option", { name: "Amara Okafor" }));
  await user.click(within(dialog).getByRole("button", { name: "Make the question" }));
  expect(await within(dialog).findByText(/To approve it: I approve CHG-\d+ 5b1c02ad9e7f43c1/)).toBeInTheDocument();
  expect(transport.calls).toContain("askInWriting");
});

it("counts a mail from a file by way of the signing window, byte by byte", async () => {
  const { user, transport } = await open("/changes/chg-38?tab=conditions");
  await user.click(await screen.findByRole("button", { name: "Count a mail…" }));
  const dialog = await screen.findByRole("dialog", { name: "Count a mail as a written sign-off" });
  await user.click(within(dialog).getByRole("button", { name: /Who wrote it/ }));
  await user.click(await screen.findByRole("option", { name: "Amara Okafor" }));
  const go = within(dialog).getByRole("button", { name: "Go on to sign" });
  expect(go).toBeDisabled();
  const field = document.querySelector<HTMLInputElement>("input[type=file]");
  await user.upload(field!, new File(["From: amara"], "answer.eml", { type: "message/rfc822" }));
  expect(await within(dialog).findByText("Chosen: answer.eml")).toBeInTheDocument();
  await user.click(go);
  expect(transport.asked).toEqual([
    { kind: "written_mail", change: "chg-38", member: "m-amara", content: "RnJvbTogYW1hcmE=" },
  ]);
});
