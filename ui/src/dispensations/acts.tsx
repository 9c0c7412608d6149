import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { isUnmet } from "../change/gate-groups";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { moment, shortDigest } from "../ds/time";
import type { Gate, GateActs, QuestionView, Refusal } from "../ipc/contract";
import { useView } from "../ipc/queries";
import { ActDialog, type Form } from "./dialog";

/** The clause that an exception to a freeze satisfies, and that of the plan's approval. */
const FREEZE = "R77";
const PLAN = "R16";

/** What the member can do about the gates of a change, and the form that is open. */
export function useActs(change: string) {
  const view = useView("gateActs", { change });
  const [form, setForm] = useState<Form | null>(null);
  const acts = view.data ?? null;
  const close = () => setForm(null);
  const dialog = acts && form ? <ActDialog change={change} acts={acts} form={form} onClose={close} /> : null;
  return { acts, failed: view.error !== null, open: setForm, dialog };
}

/** The questions that a gate asks of a member, where no machine's file can say it. */
function questionsOf(gate: Gate, acts: GateActs): QuestionView[] {
  return acts.questions.filter((question) => question.clause === gate.clause);
}

/** The keys of the change's first page: each does what the first such button does. */
export function useActKeys(gates: Gate[], acts: GateActs | null, open: (form: Form) => void) {
  const waive = waivable(gates, acts)[0];
  const asked = gates.filter(isUnmet).find((gate) => acts && questionsOf(gate, acts).length > 0);
  const question = acts && asked ? questionsOf(asked, acts)[0] : undefined;
  const word = acts?.said.find((one) => one.waits);
  useCommand("change.waive", waive ? () => open({ kind: "waive", ...waive }) : null);
  useCommand("change.attest", question && !acts?.attest_refusal ? () => open({ kind: "attest", question }) : null);
  useCommand("change.second", word ? () => open({ kind: "second", word }) : null);
  const own = acts?.said.find((one) => one.own !== null);
  useCommand("change.takeBack", own ? () => open({ kind: "takeBack", word: own }) : null);
}

function waivable(gates: Gate[], acts: GateActs | null) {
  if (!acts || acts.signers.length === 0) return [];
  return gates.flatMap((gate) => {
    const act = acts.gates.find((one) => one.gate === gate.id && one.refusal === null);
    return act ? [{ gate, act }] : [];
  });
}

/** What can be done about one gate besides mending what it found; nothing where nothing can. */
export function GateActLines(props: { gate: Gate; acts: GateActs; open: (form: Form) => void }) {
  const { t } = useTranslation();
  const { gate, acts, open } = props;
  const unmet = isUnmet(gate);
  const act = acts.gates.find((one) => one.gate === gate.id);
  const freezes = gate.clause === FREEZE && unmet ? acts.freezes : [];
  const plan = gate.clause === PLAN && unmet ? acts.plan : null;
  const lines: ReactNode[] = [];
  for (const freeze of freezes)
    lines.push(
      freeze.refusal ? (
        <Why key={freeze.freeze} refusal={freeze.refusal} />
      ) : (
        <Offer
          key={freeze.freeze}
          about={gate.label}
          signers={acts.signers}
          refusal={acts.refusal}
          onPress={() => open({ kind: "except", freeze })}
        >
          {t("dispensations.except", { name: freeze.name })}
        </Offer>
      ),
    );
  if (plan)
    lines.push(
      <Offer
        key="plan"
        about={gate.label}
        signers={plan.signers}
        refusal={plan.refusal}
        onPress={() => open({ kind: "plan", plan })}
      >
        {t("dispensations.plan")}
      </Offer>,
    );
  if (act && freezes.length === 0)
    lines.push(
      act.refusal ? (
        // What the gate itself asks for stands above already.
        <Why key="waive" refusal={act.refusal} known={gate.remedy} />
      ) : (
        <Offer
          key="waive"
          about={gate.label}
          signers={acts.signers}
          refusal={acts.refusal}
          onPress={() => open({ kind: "waive", gate, act })}
        >
          {t("dispensations.waive")}
        </Offer>
      ),
    );
  for (const question of questionsOf(gate, acts))
    if (unmet || question.answer)
      lines.push(
        <Question
          key={question.question}
          question={question}
          refusal={acts.attest_refusal}
          onPress={() => open({ kind: "attest", question })}
        />,
      );
  return lines.length > 0 ? <div className="mt-2 flex flex-col items-start gap-2">{lines}</div> : null;
}

/** A button, and beside it who can sign here, or why the member cannot. */
export function Offer(props: {
  about: string;
  signers: string[];
  refusal: Refusal | null;
  onPress: () => void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const { about, signers, refusal, onPress, children } = props;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      {signers.length > 0 ? (
        <Button onPress={onPress}>
          <span>
            <span className="sr-only">{about}:</span> {children}
          </span>
        </Button>
      ) : null}
      {refusal ? <Why refusal={refusal} /> : null}
      <p className="measure text-xs text-ink-2">
        {signers.length > 0
          ? t("dispensations.signedBy", { names: signers.join(", ") })
          : t("dispensations.nobodyHere")}
      </p>
    </div>
  );
}

/** Why something cannot be done, and what can; without what is `known` from beside it. */
export function Why({ refusal, known = null }: { refusal: Refusal; known?: string | null }) {
  return (
    <p className="measure text-xs text-ink-2">
      {refusal.rule} {refusal.remedy === known ? "" : refusal.remedy}
    </p>
  );
}

/** A question with its newest answer, and the act that answers it. */
export function Question(props: {
  question: QuestionView;
  refusal: Refusal | null;
  /** What an edit since means for the answer; unsaid: it does not count until it is given again. */
  lapsed?: string;
  onPress: () => void;
}) {
  const { t } = useTranslation();
  const { question, refusal, lapsed, onPress } = props;
  const { asks, answer } = question;
  return (
    <div className="flex flex-col items-start gap-1">
      {answer ? (
        <p className="measure break-words">
          {t("dispensations.attested", {
            name: answer.by,
            role: t(`role.${answer.role}`),
            when: moment(answer.at),
            value: answer.value,
          })}
          {answer.evidence ? (
            <span className="num text-xs text-ink-2">
              {" "}
              · {t("dispensations.evidenceKept", { digest: shortDigest(answer.evidence) })}
            </span>
          ) : null}
        </p>
      ) : null}
      {answer?.lapsed ? <p className="measure text-ink-2">{lapsed ?? t("dispensations.attestedLapsed")}</p> : null}
      <p className="measure text-ink-2">{asks}</p>
      {refusal ? (
        <Why refusal={refusal} />
      ) : (
        <Button onPress={onPress}>
          <span>
            <span className="sr-only">{asks}</span> {t(answer ? "dispensations.attestAgain" : "dispensations.attest")}
          </span>
        </Button>
      )}
    </div>
  );
}
