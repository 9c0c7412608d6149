import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

it("shows what members said since the minutes were sealed, and seals it through the signing window", async () => {
  const { user, transport } = await open("/meetings/mtg-next/wrap-up", "sealed");
  const contested = (await screen.findByText("Tomasz Zielinski: it was not so")).closest("li")!;
  expect(contested).toHaveTextContent("voted to approve, CHG-4100");
  expect(contested).toHaveTextContent("says: “I abstained.”");
  expect(screen.getByText("Tomasz Zielinski: it was so").closest("li")).toHaveTextContent("was present");
  await user.keyboard("a");
  expect(transport.asked).toEqual([{ kind: "annex", meeting: "mtg-next" }]);
});

it("lists the annexes that are sealed and opens one, and offers none where all is told", async () => {
  const { user, transport } = await open("/meetings/mtg-prev/wrap-up", "working");
  await user.click(await screen.findByRole("button", { name: /^Annex 1:\s*Open the PDF/ }));
  expect(transport.calls).toContain("openAnnex");
  expect(screen.getByText("Everything that members said since stands in an annex.")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Seal an annex/ })).toBeNull();
  await user.keyboard("a");
  expect(transport.asked).toEqual([]);
});
