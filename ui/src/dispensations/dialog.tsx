import type { FreezeAct, Gate, GateAct, GateActs, PlanAct, QuestionView, SaidWord } from "../ipc/contract";
import { Attest } from "./attest";
import { Except, Override, Plan, Second, TakeBack, Waive } from "./forms";

/** Which form is open, and what it is about. */
export type Form =
  | { kind: "waive"; gate: Gate; act: GateAct }
  | { kind: "except"; freeze: FreezeAct }
  | { kind: "override" }
  | { kind: "second"; word: SaidWord }
  | { kind: "takeBack"; word: SaidWord }
  | { kind: "plan"; plan: PlanAct }
  | { kind: "attest"; question: QuestionView };

export function ActDialog(props: { change: string; acts: GateActs; form: Form; onClose: () => void }) {
  const { change, acts, form, onClose } = props;
  switch (form.kind) {
    case "waive":
      return <Waive change={change} gate={form.gate} act={form.act} onClose={onClose} />;
    case "except":
      return <Except change={change} freeze={form.freeze} onClose={onClose} />;
    case "override":
      return <Override change={change} level={acts.level} onClose={onClose} />;
    case "second":
      return <Second word={form.word} onClose={onClose} />;
    case "takeBack":
      return <TakeBack word={form.word} onClose={onClose} />;
    case "plan":
      return <Plan change={change} plan={form.plan} onClose={onClose} />;
    case "attest":
      return <Attest change={change} question={form.question} onClose={onClose} />;
  }
}
