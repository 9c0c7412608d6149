import { CircleCheck, CircleDashed, CircleX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DateEntry, TextArea } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import { Section } from "../ds/layout";
import { useNotices } from "../ds/notices";
import { ReasonDialog } from "../ds/reason-dialog";
import { moment } from "../ds/time";
import type { CircularView } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

/** What was asked in writing about a change, and where nothing is decided the way to ask. */
export function Circulars({ change, undecided }: { change: string; undecided: boolean }) {
  const { t } = useTranslation();
  const { data: all } = useView("circulars");
  const [asking, setAsking] = useState(false);
  const own = (all ?? []).filter((one) => one.change === change);
  const open = own.some((one) => one.state === "open");
  if (own.length === 0 && !undecided) return null;
  return (
    <Section
      title={t("circulars.title")}
      aside={undecided && !open ? <Button onPress={() => setAsking(true)}>{t("circulars.ask")}</Button> : undefined}
    >
      {own.length === 0 ? <p className="text-ink-2">{t("circulars.none")}</p> : null}
      {own.map((one) => (
        <Circular key={one.id} one={one} />
      ))}
      {asking ? <Ask change={change} onClose={() => setAsking(false)} /> : null}
    </Section>
  );
}

function Circular({ one }: { one: CircularView }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const [aside, setAside] = useState(false);
  const [without, setWithout] = useState(false);
  const sign = useAct("requestSigning", { onDone: () => setAside(false) });
  const end = useAct("endCircular", {
    onDone: () => {
      setWithout(false);
      say(t("circulars.ended"));
    },
  });
  const vote = (position: "approve" | "reject" | "abstain") =>
    sign.mutate({ subject: { kind: "circular_vote", circular: one.id, position } });
  const bad = one.state === "not_carried" || one.state === "not_ratified";
  return (
    <section
      aria-label={t("circulars.of", { key: one.change })}
      className="flex flex-col gap-2 border-y border-line py-3"
    >
      <p className="measure font-medium">{one.question}</p>
      <p className="text-ink-2">
        {t("circulars.asked", { name: one.chair, from: moment(one.opened_at), until: moment(one.closes_at) })}
      </p>
      <ul aria-label={t("circulars.answers")} className="flex flex-col gap-1">
        {one.answers.map((answer) => (
          <li key={answer.member} className="flex items-start gap-2">
            {answer.said === "approve" ? (
              <CircleCheck size={15} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
            ) : answer.said === "reject" ? (
              <CircleX size={15} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
            ) : (
              <CircleDashed size={15} className="mt-0.5 shrink-0 text-ink-2" aria-hidden="true" />
            )}
            <span>
              {answer.name}: {t(`circulars.said.${answer.said}`)}
              {answer.why ? <span className="text-ink-2"> ({answer.why})</span> : null}
              {answer.said === "silent" && !answer.has_key ? (
                <span className="text-ink-2"> {t("circulars.noKey")}</span>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
      <p className="num measure text-ink-2">{one.arithmetic}</p>
      <p className={bad ? "measure font-medium text-bad" : "measure"}>{one.outcome}</p>
      {one.asked ? (
        <div className="flex flex-wrap gap-2">
          <Button look="primary" onPress={() => vote("approve")}>
            {t("circulars.approve")}
          </Button>
          <Button onPress={() => vote("reject")}>{t("circulars.reject")}</Button>
          <Button onPress={() => vote("abstain")}>{t("circulars.abstain")}</Button>
          <Button onPress={() => setAside(true)}>{t("circulars.aside")}</Button>
        </div>
      ) : null}
      {one.may_end ? (
        <div className="flex flex-wrap gap-2">
          <Button isPending={end.isPending} onPress={() => end.mutate({ circular: one.id, instead: "" })}>
            {t("circulars.end")}
          </Button>
          <Button onPress={() => setWithout(true)}>{t("circulars.without")}</Button>
        </div>
      ) : null}
      {aside ? (
        <ReasonDialog
          title={t("circulars.asideTitle", { key: one.change })}
          about={t("circulars.asideHint")}
          label={t("circulars.reason")}
          act={t("circulars.goOn")}
          busy={sign.isPending}
          onAct={(reason) => sign.mutate({ subject: { kind: "circular_recusal", circular: one.id, reason } })}
          onClose={() => setAside(false)}
        />
      ) : null}
      {without ? (
        <ReasonDialog
          title={t("circulars.withoutTitle", { key: one.change })}
          about={t("circulars.withoutHint")}
          label={t("circulars.reason")}
          act={t("circulars.withoutNow")}
          busy={end.isPending}
          onAct={(instead) => end.mutate({ circular: one.id, instead })}
          onClose={() => setWithout(false)}
        />
      ) : null}
    </section>
  );
}

/** The question and its closing time; signed by the chair in the signing window, with the PIN. */
function Ask({ change, onClose }: { change: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [question, setQuestion] = useState("");
  const [closes, setCloses] = useState("");
  const sign = useAct("requestSigning", { onDone: onClose });
  const ready = question.trim() !== "" && closes !== "";
  const submit = () => {
    if (!ready) return;
    sign.mutate({ subject: { kind: "circular", change, question, closes: new Date(closes).toISOString() } });
  };
  return (
    <FormDialog
      title={t("circulars.askTitle", { key: change })}
      act={t("circulars.goOn")}
      busy={sign.isPending}
      ready={ready}
      onAct={submit}
      onClose={onClose}
    >
      <p className="measure">{t("circulars.askHint")}</p>
      <TextArea label={t("circulars.question")} value={question} onChange={setQuestion} rows={2} required />
      <DateEntry
        label={t("circulars.closes")}
        value={closes}
        onChange={setCloses}
        withTime
        hint={t("circulars.closesHint")}
      />
    </FormDialog>
  );
}
