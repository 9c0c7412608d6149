import type { ReactNode } from "react";
import { DialogActs, DialogFrame } from "./dialog";

/** A dialog whose fields are one form: Enter in a field does what the button does. */
export function FormDialog(props: {
  title: string;
  /** What the button says. */
  act: string;
  onAct: () => void;
  onClose: () => void;
  busy: boolean;
  /** Whether the button can be pressed; unsaid, it can. */
  ready?: boolean;
  children: ReactNode;
}) {
  const { title, act, onAct, onClose, busy, ready } = props;
  return (
    <DialogFrame
      title={title}
      onClose={onClose}
      actions={<DialogActs act={act} onAct={onAct} onCancel={onClose} busy={busy} ready={ready} />}
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready !== false && !busy) onAct();
        }}
      >
        {props.children}
        <button type="submit" hidden />
      </form>
    </DialogFrame>
  );
}
