import { expect, it } from "vitest";
import { open, screen, within } from "../../testing/render";

it("says above the meetings who owes an answer, by how much it is late, and what to send to whom", async () => {
  await open("/meetings", "closed");
  const section = within(await screen.findByRole("region", { name: "Who owes an answer" }));
  expect(section.getByText("Amara Okafor")).toBeInTheDocument();
  expect(section.getByText(/4:05 h late · ask the deputy/)).toBeInTheDocument();
  expect(section.getByText(/whoever stands in for Amara Okafor is asked as well/)).toBeInTheDocument();
  expect(section.getByText("Send to Amara Okafor, Tomasz Zielinski")).toBeInTheDocument();
  expect(section.getByText(/within 16 working hours/)).toBeInTheDocument();
});

it("lists what was answered late below what is owed", async () => {
  await open("/meetings", "closed");
  const section = within(await screen.findByRole("region", { name: "Who owes an answer" }));
  expect(section.getByText("Answered late, or never: 1")).toBeInTheDocument();
  expect(section.getByText(/Amara Okafor gave it on .*, 2 working hours late/)).toBeInTheDocument();
});

it("says nothing where nobody does", async () => {
  await open("/meetings");
  await screen.findByRole("heading", { name: "Meetings" });
  expect(screen.queryByRole("region", { name: "Who owes an answer" })).not.toBeInTheDocument();
});
