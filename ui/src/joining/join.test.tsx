import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

const PIN = "seven-sins";

async function choose(user: Awaited<ReturnType<typeof open>>["user"], text: string) {
  await screen.findByRole("button", { name: "Choose the invitation…" });
  const field = document.querySelector<HTMLInputElement>("input[type=file]");
  await user.upload(field!, new File([text], "zhang.invitation", { type: "application/json" }));
}

it("is the third way at first run", async () => {
  const { user } = await open("/welcome", "first-run");
  await user.click(await screen.findByRole("button", { name: "Join a board…" }));
  expect(await screen.findByRole("heading", { name: "Join a board" })).toBeInTheDocument();
});

it("shows the board and the own name before anything is made, then the PIN, then six words", async () => {
  const { user, transport } = await open("/join", "first-run");
  await choose(user, "{}");
  expect(await screen.findByRole("heading", { name: "Shop Change Advisory Board" })).toBeInTheDocument();
  expect(screen.getByText("You are invited as Wei Zhang.")).toBeInTheDocument();
  expect(screen.getByText("Six words: anchor merit saddle crystal oven twelve")).toBeInTheDocument();
  expect(screen.getByLabelText(/Shared folder of the board/)).toHaveValue("/mnt/board");
  expect(transport.calls).not.toContain("joinBoard");
  await user.click(screen.getByRole("button", { name: "Next" }));
  await user.type(await screen.findByLabelText("PIN"), PIN);
  await user.type(screen.getByLabelText("The same again"), `${PIN}{Enter}`);
  expect(await screen.findByText("Accept the sentence to go on.")).toBeInTheDocument();
  expect(transport.calls).not.toContain("joinBoard");
  await user.click(screen.getByRole("checkbox"));
  await user.click(screen.getByRole("button", { name: "Make my key" }));
  expect(await screen.findByRole("heading", { name: "Read these on the call" })).toBeInTheDocument();
  expect(screen.getByText("Six words: orbit velvet harvest pilot lemon quarter")).toBeInTheDocument();
});

it("refuses a PIN of digits only", async () => {
  const { user, transport } = await open("/join", "first-run");
  await choose(user, "{}");
  await user.click(await screen.findByRole("button", { name: "Next" }));
  await user.type(await screen.findByLabelText("PIN"), "1234567890");
  await user.type(screen.getByLabelText("The same again"), "1234567890{Enter}");
  expect(await screen.findByText("At least 8 characters, not digits only.")).toHaveClass("text-bad");
  expect(transport.calls).not.toContain("joinBoard");
});

it("says of another file that it is no invitation", async () => {
  const { user } = await open("/join", "first-run");
  await choose(user, "Dear all,");
  expect(await screen.findByText(/This is no invitation/)).toBeInTheDocument();
});

it("looks into the shared folder by itself, and goes on to the desk once admitted", async () => {
  const { user, transport } = await open("/admission", "joining");
  await screen.findByRole("heading", { name: "Read these on the call" });
  expect(await screen.findByText(/^Looked at/)).toBeInTheDocument();
  expect(transport.calls.filter((call) => call === "exchange")).toHaveLength(1);
  await user.keyboard("l");
  expect(await screen.findByText("You are admitted. Welcome to Shop Change Advisory Board.")).toBeInTheDocument();
  expect(await screen.findByRole("grid")).toBeInTheDocument();
});

it("lets a person look around meanwhile, and leads back to where admission is waited for", async () => {
  const { user } = await open("/admission", "joining");
  await screen.findByRole("heading", { name: "Read these on the call" });
  await user.keyboard("{Escape}");
  await user.click(await screen.findByRole("link", { name: /Show the six words/ }));
  // The second look into the folder, begun by coming back, finds the admission.
  expect(await screen.findByText("You are admitted. Welcome to Shop Change Advisory Board.")).toBeInTheDocument();
});

it("asks for a folder, or gives a file, where nothing is shared", async () => {
  const { user, transport } = await open("/join", "first-run");
  await choose(user, "{}");
  await user.clear(await screen.findByLabelText(/Shared folder of the board/));
  await user.click(screen.getByRole("button", { name: "Next" }));
  await user.type(await screen.findByLabelText("PIN"), PIN);
  await user.type(screen.getByLabelText("The same again"), PIN);
  await user.click(screen.getByRole("checkbox"));
  await user.click(screen.getByRole("button", { name: "Make my key" }));
  await screen.findByRole("heading", { name: "There is no shared folder yet" });
  expect(transport.calls).not.toContain("exchange");
  await user.click(screen.getByText("Send it as a file"));
  await user.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved. Send it to whoever invited you.")).toBeInTheDocument();
});
