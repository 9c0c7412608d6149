import { expect, it } from "vitest";
import { open, screen, within } from "../../testing/render";

it("goes through the changes by keys and opens one", async () => {
  const { user, transport } = await open("/calendar");
  await screen.findByRole("heading", { name: "Calendar" });
  const { items } = await transport.calendar({ from: null, to: null, zone: null });
  const list = within(screen.getByRole("region", { name: "Changes in the order in which they begin" }));
  expect(list.getAllByRole("button")).toHaveLength(items.length);
  expect(await screen.findByRole("heading", { name: items[0]!.title, level: 2 })).toBeInTheDocument();
  await user.keyboard("j");
  expect(await screen.findByRole("heading", { name: items[1]!.title, level: 2 })).toBeInTheDocument();
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { name: items[1]!.title, level: 1 })).toBeInTheDocument();
});

it("names a freeze on each of its days, and what it takes to go ahead", async () => {
  const { user, transport } = await open("/calendar");
  const table = within(await screen.findByRole("table", { name: "Weeks, Monday first, with freezes and changes" }));
  // From the evening of 4 December to the morning of the 8th.
  expect(table.getAllByText("Closing of the books (hard freeze)")).toHaveLength(5);
  const { items } = await transport.calendar({ from: null, to: null, zone: null });
  const frozen = items.findIndex((item) => item.freezes.length > 0);
  expect(frozen).toBeGreaterThan(0);
  await user.keyboard("j".repeat(frozen));
  expect(await screen.findByText(/get an exception that names who allows it/)).toBeInTheDocument();
  // Nobody is on call then: said in the list, and with who otherwise is beside it.
  expect(screen.getAllByText("nobody on call")).not.toHaveLength(0);
  expect(screen.getByText("Berlin, office hours: Service desk")).toBeInTheDocument();
  expect(screen.getByText(/^Nobody: /)).toBeInTheDocument();
  // What its ticket tells of its deployment: in the list, and on its schedule.
  expect(screen.getAllByText(/^Deployment failed 6 Dec 2026/)).not.toHaveLength(0);
  expect(screen.getByText(/^failed 6 Dec 2026, 22:10 CET, Tom Berg/)).toBeInTheDocument();
});

it("looks four weeks later, and says when nothing is planned", async () => {
  const { user } = await open("/calendar");
  expect(await screen.findByText("21 Nov 2026 to 21 Dec 2026, Europe/Berlin")).toBeInTheDocument();
  await user.keyboard("]");
  expect(await screen.findByText("19 Dec 2026 to 18 Jan 2027, Europe/Berlin")).toBeInTheDocument();
  expect(await screen.findByText("Nothing is planned")).toBeInTheDocument();
});

it("is reached from everywhere", async () => {
  const { user } = await open("/changes");
  await screen.findByRole("heading", { name: "Changes" });
  await user.keyboard("gk");
  expect(await screen.findByRole("heading", { name: "Calendar" })).toBeInTheDocument();
});

it("names the releases of the days that are shown, and leads to one", async () => {
  const { user } = await open("/calendar");
  const heading = await screen.findByRole("heading", { name: "Releases of these days" });
  const section = within(heading.closest("section") as HTMLElement);
  expect(section.getByText("2 changes")).toBeInTheDocument();
  await user.click(section.getByRole("link", { name: "Winter platform" }));
  expect(await screen.findByRole("heading", { name: "Winter platform" })).toBeInTheDocument();
});
