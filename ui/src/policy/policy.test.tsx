import { act, waitFor } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { open, screen, violations, within } from "../../testing/render";
import { setDraft } from "./draft";

beforeEach(() => setDraft(null));

const editor = () => screen.findByLabelText<HTMLTextAreaElement>("Draft of a policy.toml");

/** The draft as it would be typed: the text that is there, with one part put in the place of another. */
function rewrite(from: string | RegExp, to: string) {
  const field = screen.getByLabelText<HTMLTextAreaElement>("Draft of a policy.toml");
  act(() => setDraft(field.value.replace(from, to)));
}

it("says what is in force in words, with its clauses, who adopted it, and how one undoes that", async () => {
  await open("/policy");
  expect(await screen.findByRole("heading", { name: "starter/1" })).toBeInTheDocument();
  expect(screen.getByText(/by Ines Duarte, 2 Nov 2026/)).toBeInTheDocument();
  const section = screen.getByRole("heading", { name: "What blocks" }).closest("section")!;
  expect(section).toHaveTextContent("R36, a description");
  expect(within(section).getByText("R42")).toBeInTheDocument();
  expect(screen.getByText(/An adoption is undone by another/)).toBeInTheDocument();
  expect(await violations()).toEqual([]);
});

it("is reached by its go-key, and its parts by theirs", async () => {
  const { user } = await open("/changes");
  await waitFor(() => expect(screen.getByRole("grid")).toBeInTheDocument());
  await user.keyboard("gp");
  await screen.findByRole("heading", { name: "starter/1" });
  await user.keyboard("2");
  expect(await screen.findByRole("heading", { name: "There is no draft" })).toBeInTheDocument();
  await user.keyboard("3");
  expect(await screen.findByRole("heading", { name: "Proposed: full" })).toBeInTheDocument();
});

it("tells every mistake with its line, and goes to the first", async () => {
  const { user } = await open("/policy?tab=draft");
  await user.click(await screen.findByRole("button", { name: "Begin with full" }));
  const field = await editor();
  rewrite('branch = "main"', 'branch = ""');
  await waitFor(() => expect(field.value).toContain('branch = ""'));
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByRole("heading", { name: "1 mistake" })).toBeInTheDocument();
  expect(screen.getByRole("button", { name: /Line 7/ })).toHaveTextContent("name the branch, such as main");
  expect(field).toHaveFocus();
  expect(field.value.slice(field.selectionStart, field.selectionEnd)).toBe('branch = ""');
  expect(await violations()).toEqual([]);
});

it("lists what reviews propose, and shows whose level would be another before it is adopted", async () => {
  const { user } = await open("/policy");
  const list = within(await screen.findByRole("list", { name: "2 open proposals of reviews" }));
  const [first, second, third] = list.getAllByRole("listitem");
  expect(first).toHaveTextContent(/CHG-38.*Lena Hoffmann, 20 Nov 2026.*It was scored Medium.*risk\.levels\.high = 45/);
  expect(second).toHaveTextContent("Open, in words only: nobody can tell whether a policy takes it up.");
  expect(third).toHaveTextContent("Taken up by starter/1");
  expect(await violations()).toEqual([]);
  await user.click(list.getByRole("button", { name: "CHG-38: Begin a draft with it" }));
  expect((await editor()).value).toContain("[risk.levels]\nhigh = 45");
  await user.click(screen.getByRole("button", { name: "Simulate" }));
  const levels = await screen.findByRole("heading", { name: "Risk model board/1 instead of points-100/1" });
  const section = within(levels.closest("section")!);
  expect(section.getByText("3 changes assessed: 1 would rise, 0 fall, 2 stay.")).toBeInTheDocument();
  expect(section.getByRole("rowheader", { name: "CHG-4100" }).closest("tr")).toHaveTextContent(
    /Medium.*46 of 100.*High.*46 of 100/,
  );
  expect(await violations()).toEqual([]);
});

it("adopts a draft only after its simulation, by way of the signing window and without a PIN here", async () => {
  const { user, transport } = await open("/policy?tab=draft");
  await user.click(await screen.findByRole("button", { name: "Begin with full" }));
  const field = await editor();
  rewrite('name = "full/1"', 'name = "ours/1"');
  await waitFor(() => expect(field.value).toContain("ours/1"));
  const adopt = screen.getByRole("button", { name: "Adopt…" });
  await user.click(screen.getByRole("button", { name: "Check" }));
  expect(await screen.findByText("ours/1 is a policy of strength full.")).toBeInTheDocument();
  expect(screen.getByRole("heading", { name: "One setting differs" })).toBeInTheDocument();
  expect(adopt).toBeDisabled();
  await user.click(screen.getByRole("button", { name: "Simulate" }));
  expect(await screen.findByRole("heading", { name: "2 changes would have fared differently" })).toBeInTheDocument();
  expect(screen.getByText("its approval would be stale")).toBeInTheDocument();
  expect(await violations()).toEqual([]);
  expect(document.querySelector("input[type=password]")).toBeNull();
  await waitFor(() => expect(adopt).toBeEnabled());
  await user.click(adopt);
  await waitFor(() => expect(transport.asked).toEqual([{ kind: "policy", text: field.value }]));
});

it("asks for another simulation once the text was changed", async () => {
  const { user } = await open("/policy?tab=draft");
  await user.click(await screen.findByRole("button", { name: "Begin with full" }));
  rewrite('name = "full/1"', 'name = "ours/1"');
  await user.click(screen.getByRole("button", { name: "Simulate" }));
  await waitFor(() => expect(screen.getByRole("button", { name: "Adopt…" })).toBeEnabled());
  rewrite("ours/1", "ours/2");
  await waitFor(() => expect(screen.getByRole("button", { name: "Adopt…" })).toBeDisabled());
});

it("says who can adopt where nobody at this device can", async () => {
  await open("/policy?tab=draft", "record");
  await screen.findByRole("heading", { name: "There is no draft" });
  act(() => setDraft('name = "ours/1"'));
  expect(await screen.findByText(/Nobody who holds root has a key on this device/)).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Adopt…" })).toBeDisabled();
});

it("keeps the draft while one looks at another screen", async () => {
  const { user } = await open("/policy?tab=draft");
  await user.click(await screen.findByRole("button", { name: "Begin with observe" }));
  await editor();
  await user.keyboard("gc");
  await waitFor(() => expect(screen.getByRole("grid")).toBeInTheDocument());
  await user.keyboard("gp");
  await screen.findByRole("heading", { name: "starter/1" });
  await user.keyboard("2");
  expect((await editor()).value).toContain("observe/1");
});

it("asks before another text takes the place of a draft", async () => {
  const { user } = await open("/policy");
  await screen.findByRole("heading", { name: "starter/1" });
  act(() => setDraft('name = "ours/1"'));
  await user.click(screen.getByRole("button", { name: "CHG-38: Begin a draft with it" }));
  const asked = within(await screen.findByRole("dialog", { name: "Replace your draft?" }));
  await user.click(asked.getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  await user.keyboard("2");
  expect((await editor()).value).toBe('name = "ours/1"');
  await user.keyboard("1");
  await user.click(await screen.findByRole("button", { name: "Begin with observe" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Replace it" }));
  expect((await editor()).value).toContain("observe/1");
});

const theirs = new File(['name = "theirs/1"'], "policy.toml");
const chooser = () => document.querySelector<HTMLInputElement>("input[type=file]")!;

it("asks before a file or nothing takes the place of an edited draft", async () => {
  const { user } = await open("/policy?tab=draft");
  await user.click(await screen.findByRole("button", { name: "Begin with full" }));
  await editor();
  rewrite('name = "full/1"', 'name = "ours/1"');
  const edited = (await editor()).value;
  await user.upload(chooser(), theirs);
  const asked = within(await screen.findByRole("dialog", { name: "Replace your draft?" }));
  await user.click(asked.getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect((await editor()).value).toBe(edited);
  await user.click(screen.getByRole("button", { name: "Discard the draft" }));
  const again = within(await screen.findByRole("dialog", { name: "Discard your draft?" }));
  await user.click(again.getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect((await editor()).value).toBe(edited);
  await user.click(screen.getByRole("button", { name: "Discard the draft" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Discard it" }));
  expect(await screen.findByRole("heading", { name: "There is no draft" })).toBeInTheDocument();
});

it("asks nothing where the draft is as it was begun", async () => {
  const { user } = await open("/policy?tab=draft");
  await user.click(await screen.findByRole("button", { name: "Begin with full" }));
  await editor();
  await user.upload(chooser(), theirs);
  await waitFor(async () => expect((await editor()).value).toBe('name = "theirs/1"'));
  expect(screen.queryByRole("dialog")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Discard the draft" }));
  expect(await screen.findByRole("heading", { name: "There is no draft" })).toBeInTheDocument();
  expect(screen.queryByRole("dialog")).toBeNull();
});

it("proposes what to switch on, and begins a draft with it", async () => {
  const { user } = await open("/policy?tab=fare");
  await screen.findByRole("heading", { name: "Proposed: full" });
  expect(screen.getByRole("rowheader", { name: "observe" }).closest("tr")).toHaveTextContent("300");
  await user.click(screen.getByRole("button", { name: "Begin with full" }));
  expect((await editor()).value).toContain("full/1");
});

it("says so where no change is there to judge by", async () => {
  await open("/policy?tab=fare", "not-connected");
  expect(await screen.findByRole("heading", { name: "No change of the last 90 days is here" })).toBeInTheDocument();
});

it("shows in the signing window what differs, side by side, and takes the PIN", async () => {
  await open("/sign", "policy");
  const group = await screen.findByRole("group", { name: "One setting differs" });
  expect(group).toHaveTextContent("R23, the plan says how to back out, above Low");
  expect(screen.getByText(/Policy ours\/1 is adopted in place of starter\/1/)).toBeInTheDocument();
  expect(screen.getByLabelText("PIN")).toBeInTheDocument();
  expect(await violations()).toEqual([]);
});
