import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

it("shows the sentence, the signer and the key, and asks for the PIN", async () => {
  await open("/sign");
  expect(await screen.findByText(/I approve CHG-4100/)).toBeInTheDocument();
  expect(screen.getByText(/Keyring of this desktop, key fingerprint 7c1e/)).toBeInTheDocument();
  await waitFor(() => expect(screen.getByLabelText("PIN")).toHaveFocus());
});

it("signs nothing without a PIN", async () => {
  const { user, transport } = await open("/sign");
  await screen.findByText(/I approve CHG-4100/);
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(transport.calls).not.toContain("sign");
});

it("says a wrong PIN is wrong, forgets it and keeps the statement", async () => {
  const { user } = await open("/sign");
  const field = await screen.findByLabelText("PIN");
  await user.type(field, "not-the-pin{Enter}");
  expect(await screen.findByText("The PIN is not right.")).toBeInTheDocument();
  expect(screen.getByLabelText("PIN")).toHaveValue("");
  expect(screen.getByText(/I approve CHG-4100/)).toBeInTheDocument();
});

it("asks once: after one PIN each further statement takes one stroke", async () => {
  const { user } = await open("/sign");
  await user.type(await screen.findByLabelText("PIN"), "maple-17-river{Enter}");
  expect(await screen.findByText(/I approve CHG-4107/)).toBeInTheDocument();
  expect(screen.queryByLabelText("PIN")).toBeNull();
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText(/I approve CHG-4114/)).toBeInTheDocument();
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText("All 3 signed.")).toBeInTheDocument();
});

it("calls nothing of the program but signing", async () => {
  const { transport } = await open("/sign");
  await screen.findByText(/I approve CHG-4100/);
  expect([...new Set(transport.calls)]).toEqual(["signingView"]);
});

it("rejects with a reason that stands in the sentence before it is signed", async () => {
  const { user, transport } = await open("/sign");
  await screen.findByText(/I approve CHG-4100/);
  await user.click(screen.getByRole("button", { name: "Reject…" }));
  await user.type(screen.getByLabelText("PIN"), "maple-17-river");
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(transport.calls).not.toContain("sign");
  await user.type(screen.getByLabelText("Why you reject it"), "No rehearsal.");
  expect(screen.getByText("I reject CHG-4100 as shown to me: No rehearsal.")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: /Sign the rejection/ }));
  expect(await screen.findByText(/I approve CHG-4107/)).toBeInTheDocument();
  expect(transport.calls).toContain("sign");
});

it("asks the PIN for an admission whatever is unlocked, and offers no rejection", async () => {
  const { user, transport } = await open("/sign", "record");
  expect(await screen.findByText(/Roster 4 admits Wei Zhang/)).toBeInTheDocument();
  expect(screen.getByText("This act asks for the PIN each time.")).toBeInTheDocument();
  expect(screen.queryByRole("checkbox")).toBeNull();
  expect(screen.queryByRole("button", { name: "Reject…" })).toBeNull();
  await user.keyboard("maple-17-river{Control>}{Enter}{/Control}");
  expect(await screen.findByText("Signed.")).toBeInTheDocument();
  expect(transport.calls).toContain("sign");
});

it("asks the first signer of a Part 11 board for the name, and for a tick at each line of a list", async () => {
  const { user, transport } = await open("/sign", "part-11");
  const name = await screen.findByLabelText("Your name or account");
  await waitFor(() => expect(name).toHaveFocus());
  expect(screen.queryByText("Keep unlocked for this meeting")).toBeNull();
  await user.type(name, "Somebody Else");
  await user.type(screen.getByLabelText("PIN"), "maple-17-river");
  const sign = () => screen.getByRole("button", { name: /^Sign/ });
  for (const [read, line] of screen.getAllByRole("checkbox").entries()) {
    expect(screen.getByText(`${read} of 3 read`)).toBeInTheDocument();
    expect(sign()).toBeDisabled();
    await user.click(line);
  }
  expect(screen.getByText("3 of 3 read")).toBeInTheDocument();
  await user.click(sign());
  expect(await screen.findByText(/neither the name of Tomasz Zielinski/)).toBeInTheDocument();
  await user.clear(name);
  await user.type(name, "Tomasz Zielinski");
  await user.type(screen.getByLabelText("PIN"), "maple-17-river{Enter}");
  expect(await screen.findByText("Signed.")).toBeInTheDocument();
  expect(transport.signings.at(-1)).toMatchObject({ named: "Tomasz Zielinski", ticked: [0, 1, 2] });
});

it("signs no list of which a line was unticked again", async () => {
  const { user, transport } = await open("/sign", "part-11");
  await user.type(await screen.findByLabelText("Your name or account"), "Tomasz Zielinski");
  const lines = screen.getAllByRole("checkbox");
  for (const line of lines) await user.click(line);
  await user.click(lines[1]!);
  expect(screen.getByText("2 of 3 read")).toBeInTheDocument();
  await user.type(screen.getByLabelText("PIN"), "maple-17-river{Enter}");
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(transport.calls).not.toContain("sign");
});

it("gives a stale sign-off again with the difference before the eyes and the reason prefilled", async () => {
  const { user, transport } = await open("/sign", "stale");
  const sentence = "I approve CHG-4100 as shown to me, for the window it names, reaffirming my sign-off 41f09bc2.";
  const reason = "Reaffirmed after a change of Plan: Timing and timescales and Affected data.";
  expect(await screen.findByText(`${sentence} ${reason}`)).toBeInTheDocument();
  const panel = screen.getByRole("group", { name: /Changed since Tomasz Zielinski signed/ });
  expect(panel).toHaveTextContent("Removed:22:50 Writes stop, switch, writes resume");
  expect(panel).toHaveTextContent("Added:22:40 Point of no return");
  expect(panel).toHaveTextContent("nothing can be laid beside it: Attachment pg17-runbook.pdf");
  await user.type(screen.getByLabelText("PIN"), "maple-17-river{Enter}");
  expect(await screen.findByText("Signed.")).toBeInTheDocument();
  expect(screen.getByText(`${sentence} ${reason}`)).toBeInTheDocument();
  expect(transport.calls).toContain("sign");
});

it("puts the signer's own words in the place of the prefilled reason", async () => {
  const { user } = await open("/sign", "stale");
  const field = await screen.findByLabelText("Why you give it again");
  await user.clear(field);
  await user.type(field, "The switch only moved.");
  expect(screen.getByText(/reaffirming my sign-off 41f09bc2\. The switch only moved\.$/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Reject…" }));
  expect(screen.queryByLabelText("Why you give it again")).toBeNull();
});
