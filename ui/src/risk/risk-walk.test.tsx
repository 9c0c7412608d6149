import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

it("begins at the first open question, answers by digit and turns the page", async () => {
  const { user } = await open("/changes/chg-3/risk");
  await screen.findByRole("heading", { name: /How long does taking back last/ });
  expect(screen.getAllByText("34–62, 6 open").length).toBeGreaterThan(0);
  await user.keyboard("2");
  expect(await screen.findByRole("heading", { name: "Does it change a database schema?" })).toBeInTheDocument();
  await waitFor(() => expect(screen.getAllByText("37–59, 5 open").length).toBeGreaterThan(0));
});

it("turns pages by arrows and opens an answer again by 0", async () => {
  const { user, transport } = await open("/changes/chg-3/risk");
  await screen.findByRole("heading", { name: /How long does taking back last/ });
  await user.keyboard("{ArrowLeft}");
  await screen.findByRole("heading", { name: "How is it taken back?" });
  await user.keyboard("0");
  await waitFor(() => expect(screen.getAllByText("27–67, 7 open").length).toBeGreaterThan(0));
  expect(transport.calls).toContain("answerRisk");
});

it("shows what it would be without its guards beside the score", async () => {
  await open("/changes/chg-3/risk");
  await screen.findByRole("heading", { name: /How long does taking back last/ });
  expect(screen.getByText(/Without rollback, tests and roll-out in steps it would be \d+/)).toBeInTheDocument();
});

it("submits by Ctrl+Enter and returns to the change", async () => {
  const { user, transport } = await open("/changes/chg-3/risk");
  await screen.findByRole("heading", { name: /How long does taking back last/ });
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText("The assessment is in the record")).toBeInTheDocument();
  expect(transport.calls).toContain("submitRisk");
});
