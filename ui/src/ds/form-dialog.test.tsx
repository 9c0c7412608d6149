import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { TextField } from "./fields";
import { FormDialog } from "./form-dialog";

function ask(state: { ready?: boolean; busy: boolean }) {
  const onAct = vi.fn();
  render(
    <FormDialog title="Ask" act="Do it" onAct={onAct} onClose={() => {}} {...state}>
      <TextField label="Name" value="" onChange={() => {}} autoFocus />
    </FormDialog>,
  );
  return onAct;
}

it("does with Enter in a field what its button does", async () => {
  const onAct = ask({ ready: true, busy: false });
  await userEvent.type(screen.getByLabelText("Name"), "{Enter}");
  expect(onAct).toHaveBeenCalledOnce();
});

it.each([
  ["its button cannot be pressed", { ready: false, busy: false }],
  ["it is at work already", { ready: true, busy: true }],
])("does nothing with Enter while %s", async (_, state) => {
  const onAct = ask(state);
  await userEvent.type(screen.getByLabelText("Name"), "{Enter}");
  expect(onAct).not.toHaveBeenCalled();
});
