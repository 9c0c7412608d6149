import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen, within } from "../../testing/render";

it("shows what an emergency owes by when, and what was taken back", async () => {
  await open("/emergencies");
  const of = within(await screen.findByRole("region", { name: "Emergency CHG-38" }));
  expect(of.getByText(/^Declared by Lena Hoffmann, .*, as EMG-1$/)).toBeInTheDocument();
  const owes = of.getByRole("list", { name: "What it owes" });
  const lines = within(owes).getAllByRole("listitem");
  expect(lines).toHaveLength(3);
  expect(lines[0]).toHaveTextContent("Done: bound to CHG-38");
  expect(lines[1]).toHaveTextContent(/Overdue since 18 Nov 2026, .*: it begins the next agenda/);
  expect(lines[2]).toHaveTextContent(/Due 27 Nov 2026, /);
  expect(screen.getByText("Not deployed again until it is revalidated")).toBeInTheDocument();
  expect(of.getByText(/^The incident is no ticket of Redmine at tickets.example: /)).toBeInTheDocument();
  expect(screen.getByText("What is handed over is told on CHG-8 as well.")).toBeInTheDocument();
});

it("says that something is done, only with what shows it", async () => {
  const { user } = await open("/emergencies");
  await user.click(await screen.findByRole("button", { name: "The plan: Documentation: Done…" }));
  const dialog = await screen.findByRole("dialog", { name: "Say that CHG-38 owes it no more" });
  expect(within(dialog).getByRole("button", { name: "Record as done" })).toBeDisabled();
  await user.type(within(dialog).getByLabelText("What shows it"), "Page 4 of the wiki");
  await user.click(within(dialog).getByRole("button", { name: "Record as done" }));
  expect(await screen.findByText("Done: Page 4 of the wiki")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "The plan: Documentation: Done…" })).toBeNull();
});

it("records a review with what it proposes for the policy, never settings without words", async () => {
  const { user, transport } = await open("/emergencies");
  await user.click(await screen.findByRole("button", { name: "The review after it: Done…" }));
  const dialog = await screen.findByRole("dialog", { name: "Say that CHG-38 was reviewed" });
  const go = within(dialog).getByRole("button", { name: "Record as done" });
  expect(go).toBeDisabled();
  await user.type(within(dialog).getByLabelText("What the review found, or where that stands"), "Held on Monday");
  expect(go).toBeEnabled();
  await user.type(within(dialog).getByLabelText("Settings of policy.toml that it proposes"), "risk.levels.high = 45");
  expect(go).toBeDisabled();
  await user.type(within(dialog).getByLabelText("What it proposes for the policy, and why"), "It was scored too low");
  await user.click(go);
  expect(await screen.findByText("Done: Held on Monday")).toBeInTheDocument();
  expect(transport.calls).toContain("meetOwed");
});

it("declares one by way of the signing window, once the three facts and all else are said", async () => {
  const { user, transport } = await open("/emergencies");
  await user.click(await screen.findByRole("button", { name: "Declare an emergency…" }));
  const dialog = await screen.findByRole("dialog", { name: "Declare an emergency" });
  const go = within(dialog).getByRole("button", { name: "Go on to sign" });
  for (const [label, text] of [
    ["Incident", "INC-9"],
    ["Who of the business was consulted", "Head of Retail"],
    ["What is broken (the service)", "pay"],
    ["Who deploys", "Dora Lind"],
    ["What is done", "Deploy 4.2.1"],
    ["How it is taken back", "Deploy 4.1.9 again"],
  ] as const)
    await user.type(within(dialog).getByLabelText(label), text);
  await user.click(within(dialog).getByRole("checkbox", { name: "It corrects an error" }));
  await user.click(within(dialog).getByRole("checkbox", { name: "The error is in the current release" }));
  expect(go).toBeDisabled();
  await user.click(within(dialog).getByRole("checkbox", { name: "The impact on the business is major" }));
  expect(dialog.querySelector("input[type=password]")).toBeNull();
  await user.click(go);
  await waitFor(() => expect(transport.asked).toHaveLength(1));
  expect(transport.asked[0]).toMatchObject({
    kind: "emergency",
    form: { change: "", incident: "INC-9", breaks: "pay", major_impact: true, consulted: "Head of Retail" },
  });
});

it("is reached from everywhere, and says so where there is none", async () => {
  const { user } = await open("/changes", "not-connected");
  await screen.findByRole("heading", { name: "No tickets yet" });
  await user.keyboard("ge");
  expect(await screen.findByRole("heading", { name: "No emergency was declared" })).toBeInTheDocument();
});
