import { expect, it } from "vitest";
import { open, screen, violations, within } from "../../testing/render";

it("delegates one's own seat for a meeting by way of the signing window, with who and why", async () => {
  const { user, transport } = await open("/record", "working");
  await screen.findByRole("button", { name: /Delegate my seat/ });
  await user.keyboard("d");
  const dialog = await screen.findByRole("dialog", { name: "Delegate the seat of Ines Duarte" });
  expect(dialog.querySelector("input[type=password]")).toBeNull();
  const go = within(dialog).getByRole("button", { name: "Go on to sign" });
  expect(go).toBeDisabled();
  await user.click(within(dialog).getByRole("button", { name: /Who sits in your seat/ }));
  await user.click(await screen.findByRole("option", { name: "Lena Hoffmann" }));
  expect(go).toBeDisabled();
  await user.click(await within(dialog).findByRole("radio", { name: /For one meeting/ }));
  await user.type(within(dialog).getByLabelText("Why?"), "On leave");
  await user.click(go);
  expect(transport.asked).toEqual([
    {
      kind: "delegation",
      member: "m-ines",
      to: "m-lena",
      meeting: "mtg-next",
      from: "",
      until: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      reason: "On leave",
    },
  ]);
});

it("lists who sits in whose seat, and takes only one's own back", async () => {
  const { user, transport } = await open("/record", "record");
  const mine = (await screen.findByText("Lena Hoffmann sits in the seat of Ines Duarte")).closest("li")!;
  expect(mine).toHaveTextContent("In force");
  expect(mine).toHaveTextContent("On leave");
  const other = screen.getByText("Priya Raman sits in the seat of Tomasz Zielinski").closest("li")!;
  expect(other).toHaveTextContent("only “CAB 21 Nov 2026”");
  expect(within(other).queryByRole("button")).toBeNull();
  expect(screen.getByText("Wei Zhang sits in the seat of Amara Okafor").closest("li")).toHaveTextContent("Taken back");
  await user.click(within(mine).getByRole("button", { name: /Take back/ }));
  const dialog = await screen.findByRole("dialog", { name: "Take your seat back from Lena Hoffmann" });
  expect(await violations()).toEqual([]);
  await user.click(within(dialog).getByRole("button", { name: "Go on to sign" }));
  expect(transport.asked).toEqual([{ kind: "end_delegation", delegation: "d0b7e4019f3a", reason: "" }]);
});

it("says that no seat is delegated where none is", async () => {
  await open("/record", "working");
  expect(await screen.findByText("No seat is or was delegated.")).toBeInTheDocument();
});
