import { expect, it } from "vitest";
import { open, screen, within } from "../../testing/render";

it("says of an attachment that was disposed of by whom, when and why, and offers no way to open it", async () => {
  await open("/changes/chg-1");
  const line = (await screen.findByText("on-call-rota.csv")).closest("li")!;
  expect(line).toHaveTextContent(/Disposed of by Amara Okafor, .+ \(erasure\): It named people who left\./);
  expect(within(line).queryByRole("button")).toBeNull();
  const other = screen.getByText("load-test.png").closest("li")!;
  expect(within(other).getByRole("button", { name: "Download and hash" })).toBeInTheDocument();
});
