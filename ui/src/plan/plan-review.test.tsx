import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

it("ticks by Space and moves on", async () => {
  const { user } = await open("/changes/chg-6/plan");
  await screen.findByRole("heading", { name: "Documentation" });
  await user.keyboard(" ");
  expect(
    await screen.findByRole("heading", { name: "Related changes, known errors and problems" }),
  ).toBeInTheDocument();
  await waitFor(() => expect(screen.getByText("12/13")).toBeInTheDocument());
});

it("keeps a comment as a draft when one leaves the field", async () => {
  const { user } = await open("/changes/chg-6/plan");
  await screen.findByRole("heading", { name: "Documentation" });
  await user.keyboard("c");
  await waitFor(() => expect(screen.getByLabelText("Your comment")).toHaveFocus());
  await user.keyboard("Name the owner.");
  await user.tab();
  expect(await screen.findByText("Name the owner.")).toBeInTheDocument();
  expect(screen.getByText("draft")).toBeInTheDocument();
});

it("shows what the runbook leaves out beside its section", async () => {
  const { user } = await open("/changes/chg-6/plan");
  await screen.findByRole("heading", { name: "Documentation" });
  await user.click(screen.getByRole("button", { name: /Timing and timescales/ }));
  expect(await screen.findByRole("heading", { name: "What the runbook leaves out" })).toBeInTheDocument();
  expect(screen.getByText(/nothing verifies it/)).toBeInTheDocument();
});

it("shows the ticket's links with what each is in the section about them", async () => {
  const { user } = await open("/changes/chg-6/plan");
  await screen.findByRole("heading", { name: "Documentation" });
  await user.click(screen.getByRole("button", { name: /Related changes, known errors and problems/ }));
  expect(await screen.findByRole("heading", { name: "Related tickets" })).toBeInTheDocument();
  const lines = screen.getAllByRole("listitem").map((line) => line.textContent);
  expect(lines).toContain("relates toknown errorKE-77Sequences are not replicated");
  expect(lines).toContain("relates totype unknownPRB-318not in this project");
});
