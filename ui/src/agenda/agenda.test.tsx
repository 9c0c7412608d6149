import { waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

const order = () =>
  within(screen.getByRole("region", { name: "Agenda" }))
    .getAllByRole("listitem")
    .map((item) => /CHG-\d+/.exec(item.textContent ?? "")?.[0]);

it("moves an item by keyboard", async () => {
  const { user } = await open("/meetings/mtg-next/agenda");
  await screen.findByRole("heading", { name: "CAB 21 Nov 2026" });
  expect(order().slice(0, 2)).toEqual(["CHG-4100", "CHG-4107"]);
  await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
  await waitFor(() => expect(order().slice(0, 2)).toEqual(["CHG-4107", "CHG-4100"]));
});

it("takes an item off and puts a candidate on by x", async () => {
  const { user } = await open("/meetings/mtg-next/agenda");
  await screen.findByRole("heading", { name: "CAB 21 Nov 2026" });
  await user.keyboard("x");
  await waitFor(() => expect(order()).toHaveLength(11));
  await user.keyboard("{ArrowRight}x");
  await waitFor(() => expect(order()).toHaveLength(12));
});

it("says what freezing means before it calls to order", async () => {
  const { user, transport } = await open("/meetings/mtg-next/agenda");
  await screen.findByRole("heading", { name: "CAB 21 Nov 2026" });
  await user.keyboard("f");
  expect(await screen.findByText(/The agenda is frozen with 12 items/)).toBeInTheDocument();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(transport.calls).toContain("callToOrder"));
});

it("is headed by what is overdue and has no ticket that could be an item", async () => {
  await open("/meetings/mtg-next/agenda", "record");
  const head = await screen.findByRole("region", { name: "Overdue, and without a ticket here" });
  expect(within(head).getByText("EMG-2: Overdue since the emergency: A ticket for EMG-2")).toBeInTheDocument();
});

it("restricts an item and takes the mark back, by key and by button", async () => {
  const { user, transport } = await open("/meetings/mtg-next/agenda");
  await screen.findByRole("heading", { name: "CAB 21 Nov 2026" });
  await user.keyboard("r");
  const back = await screen.findByRole("button", { name: "Do not restrict CHG-4100 any more" });
  expect(within(screen.getByRole("region", { name: "Agenda" })).getAllByRole("listitem")[0]).toHaveTextContent(
    "; restricted",
  );
  await user.click(back);
  expect(await screen.findByRole("button", { name: /^Restrict CHG-4100/ })).toBeInTheDocument();
  expect(transport.calls.filter((call) => call === "restrictAgendaItem")).toHaveLength(2);
});

it("writes the agenda on paper, with what is to be read where that is asked for", async () => {
  const { user, transport } = await open("/meetings/mtg-next/agenda");
  await screen.findByRole("heading", { name: "CAB 21 Nov 2026" });
  await user.keyboard("p");
  const dialog = within(await screen.findByRole("dialog", { name: "The agenda on paper" }));
  const file = dialog.getByRole("textbox", { name: "File" });
  await waitFor(() => expect(file).toHaveValue("/home/ines/Documents/agenda-2026-11-21.pdf"));
  await user.click(dialog.getByRole("checkbox", { name: /pre-read/ }));
  expect(file).toHaveValue("/home/ines/Documents/pre-read-2026-11-21.pdf");
  await user.click(dialog.getByRole("button", { name: "Write the file" }));
  expect(await dialog.findByText(/^The agenda with 12 items lies here/)).toBeInTheDocument();
  expect(dialog.getByText(/^To be read: CHG-4107/)).toBeInTheDocument();
  expect(dialog.getByText("Restricted, and not told: CHG-4100.")).toBeInTheDocument();
  expect(transport.calls).toContain("writeAgenda");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});
