import { useState } from "react";
import { DialogActs, DialogFrame } from "./dialog";
import { TextArea } from "./fields";

/** A dialog that asks for one text and cannot do without it: a reason, or what shows that something is done. */
export function ReasonDialog(props: {
  title: string;
  /** What it is about, above the field. */
  about: string;
  label: string;
  hint?: string;
  /** What the button says. */
  act: string;
  onAct: (reason: string) => void;
  onClose: () => void;
  busy: boolean;
}) {
  const { title, act, onAct, onClose, busy } = props;
  const [reason, setReason] = useState("");
  const ready = reason.trim() !== "";
  return (
    <DialogFrame
      title={title}
      onClose={onClose}
      actions={<DialogActs act={act} onAct={() => onAct(reason)} onCancel={onClose} busy={busy} ready={ready} />}
    >
      <p className="measure mb-4">{props.about}</p>
      <TextArea label={props.label} value={reason} onChange={setReason} hint={props.hint} autoFocus required />
    </DialogFrame>
  );
}
