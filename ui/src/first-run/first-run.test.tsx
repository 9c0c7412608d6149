import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

it("creates a board by keyboard alone, and only once the sentence is accepted", async () => {
  const { user, transport } = await open("/welcome", "first-run");
  await user.type(await screen.findByLabelText("Name of the board"), "Board of the north");
  await user.type(screen.getByLabelText("Your name"), "Ines Duarte{Enter}");
  await screen.findByRole("heading", { name: "Where are your tickets?" });
  await user.click(screen.getByRole("button", { name: "Next" }));
  await screen.findByRole("heading", { name: "Who sits on the board?" });
  await user.click(screen.getByRole("button", { name: "Next" }));
  await user.type(await screen.findByLabelText("PIN"), "seven-sins");
  await user.type(screen.getByLabelText("The same again"), "seven-sins{Enter}");
  expect(await screen.findByText("Accept the sentence to go on.")).toBeInTheDocument();
  expect(transport.calls).not.toContain("createBoard");
  await user.click(screen.getByRole("checkbox"));
  await user.click(screen.getByRole("button", { name: "Create the board" }));
  expect(await screen.findByRole("heading", { name: "Connect the ticketing system" })).toBeInTheDocument();
});

it.each(["Every signature needs the PIN (21 CFR Part 11)", "Only members can read the record in a shared folder"])(
  "offers, unchosen: %s",
  async (name) => {
    const { user } = await open("/welcome", "first-run");
    const profile = await screen.findByRole("checkbox", { name });
    expect(profile).not.toBeChecked();
    await user.click(profile);
    expect(profile).toBeChecked();
  },
);

it("refuses a PIN of digits only", async () => {
  const { user, transport } = await open("/welcome", "first-run");
  await user.type(await screen.findByLabelText("Name of the board"), "B");
  await user.type(screen.getByLabelText("Your name"), "I{Enter}");
  await user.click(await screen.findByRole("button", { name: "Next" }));
  await user.click(await screen.findByRole("button", { name: "Next" }));
  await user.type(await screen.findByLabelText("PIN"), "1234567890");
  await user.type(screen.getByLabelText("The same again"), "1234567890{Enter}");
  expect(await screen.findByText("At least 8 characters, not digits only.")).toHaveClass("text-bad");
  expect(transport.calls).not.toContain("createBoard");
});

it("opens the sample board at once", async () => {
  const { user } = await open("/welcome", "first-run");
  await user.click(await screen.findByRole("button", { name: "Open the sample board" }));
  expect(await screen.findByText(/PIN of Ines Duarte: maple-17-river/)).toBeInTheDocument();
});
