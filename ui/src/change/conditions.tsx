import { Circle, CircleCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { TextArea } from "../ds/fields";
import { Facts, Section } from "../ds/layout";
import { AttestationMark } from "../ds/marks";
import { useNotices } from "../ds/notices";
import { day, moment, shortDigest } from "../ds/time";
import type { ChangeView, Condition } from "../ipc/contract";
import { useAct } from "../ipc/queries";
import { Pipelines } from "./pipelines";
import { SignOffSlots } from "./sign-off-slots";
import { Rulings, StaleSignOff } from "./stale-sign-off";
import { Written } from "./written";

/** `look` counts how often the difference was asked for: the first panel takes the keys then. */
export function Conditions({ change, look = 0 }: { change: ChangeView; look?: number }) {
  const { t } = useTranslation();
  const [meeting, setMeeting] = useState<Condition | null>(null);
  const firstStale = change.sign_offs.find((signOff) => signOff.state === "stale");
  return (
    <div className="flex max-w-[56rem] flex-col gap-8">
      {meeting ? <MeetCondition condition={meeting} onClose={() => setMeeting(null)} /> : null}
      <Section title={t("change.conditionsTitle")}>
        {change.conditions.length > 0 ? (
          <ConditionList conditions={change.conditions} onMeet={setMeeting} />
        ) : (
          <p className="text-ink-2">{t("change.noConditions")}</p>
        )}
      </Section>
      <Section title={t("change.requiredSignOffs")}>
        <SignOffSlots slots={change.required_sign_offs} signOffs={change.sign_offs} />
      </Section>
      <Written change={change.row.id} />
      {change.sign_offs.length > 0 ? (
        <Section title={t("change.signatures")}>
          <ul className="divide-y divide-line border-y border-line">
            {change.sign_offs.map((signOff) => (
              <li key={signOff.id} className="py-3">
                <p className="flex items-baseline gap-3">
                  <span className="font-medium">{signOff.signer}</span>
                  <span className="text-ink-2">{t(`role.${signOff.role}`)}</span>
                  <AttestationMark level={signOff.attestation} />
                  {signOff.state === "stale" ? (
                    <span className="font-medium text-bad">{t("approval.stale")}</span>
                  ) : null}
                  {signOff.state === "late" ? <span className="font-medium text-warn">{t("change.late")}</span> : null}
                  {signOff.state === "rejects" ? (
                    <span className="font-medium text-bad">{t("change.rejects")}</span>
                  ) : null}
                </p>
                <p className="measure mt-1">{signOff.meaning}</p>
                <Facts
                  className="mt-2 text-xs"
                  facts={[
                    [t("sign.time"), t("sign.claimed", { when: moment(signOff.signed_at) })],
                    ...(signOff.key_fingerprint
                      ? ([[t("sign.fingerprint"), shortDigest(signOff.key_fingerprint)]] as [string, string][])
                      : []),
                  ]}
                />
                <Rulings rulings={signOff.rulings} />
                {signOff.state === "stale" ? (
                  <StaleSignOff
                    change={change.row.id}
                    signOff={signOff}
                    look={signOff.id === firstStale?.id ? look : 0}
                  />
                ) : null}
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      <Pipelines row={change.row} />
    </div>
  );
}

/** Saying that a condition is met: with what shows it, and for good. */
function MeetCondition({ condition, onClose }: { condition: Condition; onClose: () => void }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const [note, setNote] = useState("");
  const meet = useAct("meetCondition", {
    onDone: () => {
      say(t("condition.meetDone"));
      onClose();
    },
  });
  return (
    <DialogFrame
      title={t("condition.meetTitle")}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button
            look="primary"
            isPending={meet.isPending}
            isDisabled={note.trim() === ""}
            onPress={() => meet.mutate({ condition: condition.id, note })}
          >
            {t("condition.meetRecord")}
          </Button>
        </>
      }
    >
      <p className="measure mb-4">{condition.text}</p>
      <TextArea
        label={t("condition.meetNote")}
        value={note}
        onChange={setNote}
        hint={t("condition.meetHint")}
        autoFocus
        required
      />
    </DialogFrame>
  );
}

export function ConditionList(props: { conditions: Condition[]; onMeet?: (condition: Condition) => void }) {
  const { conditions, onMeet } = props;
  const { t } = useTranslation();
  return (
    <ul className="flex flex-col gap-2.5">
      {conditions.map((condition) => (
        <li key={condition.id} className="flex gap-2.5">
          {condition.state === "met" ? (
            <CircleCheck size={15} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
          ) : (
            <Circle size={15} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
          )}
          <div>
            <p className="measure">{condition.text}</p>
            <p className="num text-xs text-ink-2">
              {t(`condition.${condition.state}`)} · {t(`condition.${condition.when}`)} · {condition.owner}
              {condition.due_on ? ` · ${t("condition.due", { when: day(condition.due_on) })}` : ""}
            </p>
            {onMeet && condition.state === "open" ? (
              <Button className="mt-1.5" onPress={() => onMeet(condition)}>
                {t("condition.meet")}
              </Button>
            ) : null}
          </div>
        </li>
      ))}
    </ul>
  );
}
