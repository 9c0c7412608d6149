import { expect, it } from "vitest";
import { open, screen } from "../../testing/render";

it("says who has signed the minutes, whose turn it is and who signs again, and signs in turn", async () => {
  const { user, transport } = await open("/meetings/mtg-prev/wrap-up", "working");
  const row = async (name: string, state: string) => {
    const rows = (await screen.findAllByText(state)).map((found) => found.closest("li")!);
    return rows.find((one) => one.textContent?.includes(name));
  };
  expect(await row("Ines Duarte", "has signed")).toBeDefined();
  const turn = await row("Tomasz Zielinski", "signs next");
  expect(turn).toHaveTextContent("Amara Okafor signed the same file at the same time");
  await user.keyboard("n");
  expect(transport.asked).toEqual([{ kind: "countersign", meeting: "mtg-prev" }]);
});
