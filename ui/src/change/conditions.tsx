import { Circle, CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Facts, Section } from "../ds/layout";
import { AttestationMark } from "../ds/marks";
import { DiffText } from "../ds/text";
import { day, moment, shortDigest } from "../ds/time";
import type { ChangeView, Condition } from "../ipc/contract";
import { SignOffSlots } from "./sign-off-slots";

export function Conditions({ change }: { change: ChangeView }) {
  const { t } = useTranslation();
  return (
    <div className="flex max-w-[56rem] flex-col gap-8">
      <Section title={t("change.conditionsTitle")}>
        {change.conditions.length > 0 ? (
          <ConditionList conditions={change.conditions} />
        ) : (
          <p className="text-ink-2">{t("change.noConditions")}</p>
        )}
      </Section>
      <Section title={t("change.requiredSignOffs")}>
        <SignOffSlots slots={change.required_sign_offs} signOffs={change.sign_offs} />
      </Section>
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
                </p>
                <p className="measure mt-1">{signOff.meaning}</p>
                <Facts
                  className="mt-2 text-xs"
                  facts={[
                    [t("sign.time"), t("sign.claimed", { when: moment(signOff.signed_at) })],
                    [t("sign.fingerprint"), shortDigest(signOff.key_fingerprint)],
                  ]}
                />
                {signOff.differences.length > 0 ? (
                  <div className="mt-3 flex flex-col gap-2">
                    <p className="text-ink-2">{t("change.changedSinceSigned")}</p>
                    {signOff.differences.map((difference) => (
                      <div key={difference.field}>
                        <p className="mb-1">{difference.label}</p>
                        <DiffText lines={difference.lines} />
                      </div>
                    ))}
                  </div>
                ) : null}
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
    </div>
  );
}

export function ConditionList({ conditions }: { conditions: Condition[] }) {
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
          </div>
        </li>
      ))}
    </ul>
  );
}
