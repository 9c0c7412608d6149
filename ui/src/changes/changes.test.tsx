import { waitFor } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

const current = () => document.querySelector('[role=row][aria-selected="true"]');

it("goes down and up by j and k, and opens by Enter", async () => {
  const { user } = await open("/changes");
  await waitFor(() => expect(current()).toHaveTextContent("CHG-4100"));
  await user.keyboard("j");
  await waitFor(() => expect(current()).not.toHaveTextContent("CHG-4100"));
  await user.keyboard("k{Enter}");
  expect(await screen.findByRole("heading", { name: "Move the payments ledger to PostgreSQL 17" })).toBeInTheDocument();
});

it("peeks by Space and closes one layer by Escape", async () => {
  const { user } = await open("/changes");
  await waitFor(() => expect(current()).toHaveTextContent("CHG-4100"));
  await user.keyboard(" ");
  expect(await screen.findByRole("complementary", { name: "Peek" })).toHaveTextContent("Marta Silva");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("complementary", { name: "Peek" })).toBeNull());
});

it("filters as one types and says so when nothing matches", async () => {
  const { user } = await open("/changes");
  await waitFor(() => expect(current()).toHaveTextContent("CHG-4100"));
  await user.keyboard("/");
  await user.keyboard("passkeys");
  await waitFor(() => expect(current()).toHaveTextContent("Enable passkeys"));
  await user.keyboard(" zzz");
  expect(await screen.findByRole("heading", { name: "Nothing matches this filter" })).toBeInTheDocument();
});

it("holds ten thousand changes and draws only those in sight", async () => {
  await open("/changes", "many");
  await waitFor(() => expect(screen.getByRole("grid")).toHaveAttribute("aria-rowcount", "9985"));
  expect(screen.getAllByRole("row").length).toBeLessThan(80);
});

it("says risk by word and icon, or as an honest range", async () => {
  await open("/changes");
  await waitFor(() => expect(current()).toHaveTextContent("High54"));
  expect(screen.getAllByText("59–87").length).toBeGreaterThan(0);
});

it("goes from screen to screen by go-keys", async () => {
  const { user } = await open("/changes");
  await waitFor(() => expect(current()).toHaveTextContent("CHG-4100"));
  await user.keyboard("gm");
  expect(await screen.findByRole("heading", { name: "Meetings" })).toBeInTheDocument();
  await user.keyboard("gc");
  await waitFor(() => expect(screen.getByRole("grid")).toBeInTheDocument());
});

it("finds a change and a command in the palette", async () => {
  const { user } = await open("/changes");
  await waitFor(() => expect(current()).toHaveTextContent("CHG-4100"));
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("vat rates");
  await user.click(await screen.findByRole("menuitem", { name: /Change VAT rates for Slovakia(?! \()/ }));
  expect(await screen.findByRole("heading", { name: "Change VAT rates for Slovakia" })).toBeInTheDocument();
});
