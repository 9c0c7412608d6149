import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { Select } from "../ds/fields";
import { EmptyState, Failed, Reading, Section } from "../ds/layout";
import type { PolicyFare, PolicyView } from "../ipc/contract";
import { useView } from "../ipc/queries";
import { ByClause } from "./tables";

/** How far back one looks, in days. */
export const LOOK_BACK = [30, 90, 365] as const;

/** How past changes would have fared under each shipped strength, and which to switch on. */
export function Fare({ view, onDraft }: { view: PolicyView; onDraft: (text: string) => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [days, setDays] = useState(90);
  const { data: fare, error, refetch } = useView("policyFare", { days });
  return (
    <div className="flex max-w-[60rem] flex-col gap-6">
      <Days days={days} onDays={setDays} />
      {error ? <Failed thrown={error} onRetry={() => refetch()} /> : null}
      {!fare && !error ? <Reading /> : null}
      {fare && fare.changes === 0 ? (
        <EmptyState
          title={t("policy.noChanges", { count: fare.days })}
          action={<Button onPress={() => navigate({ to: "/connection" })}>{t("nav.connection")}</Button>}
        >
          {t("policy.noChangesHint")}
        </EmptyState>
      ) : null}
      {fare && fare.changes > 0 ? <Told fare={fare} view={view} onDraft={onDraft} /> : null}
    </div>
  );
}

export function Days({ days, onDays }: { days: number; onDays: (days: number) => void }) {
  const { t } = useTranslation();
  return (
    <Select
      label={t("policy.lookBack")}
      value={String(days)}
      onChange={(value) => onDays(Number(value))}
      choices={LOOK_BACK.map((back) => ({ value: String(back), label: t("policy.days", { count: back }) }))}
      className="w-48"
    />
  );
}

function Told(props: { fare: PolicyFare; view: PolicyView; onDraft: (text: string) => void }) {
  const { t } = useTranslation();
  const { fare, view } = props;
  const pack = view.packs.find((one) => one.strength === fare.proposed);
  return (
    <>
      <section className="border-l-2 border-accent pl-4">
        <h2 className="font-semibold">{t("policy.proposed", { strength: fare.proposed })}</h2>
        <p className="measure mt-0.5 text-ink-2">{fare.why}</p>
        {fare.proposed === view.strength ? (
          <p className="mt-1">{t("policy.already")}</p>
        ) : pack ? (
          <Button className="mt-2" look="primary" onPress={() => props.onDraft(pack.text)}>
            {t("policy.beginWith", { strength: pack.strength })}
          </Button>
        ) : null}
      </section>
      <Section title={t("policy.fared", { count: fare.changes, policy: fare.now })}>
        <table className="w-full border-collapse">
          <thead className="text-xs text-ink-2">
            <tr className="border-b border-line">
              {(["strength", "blocked", "newly", "lost"] as const).map((column) => (
                <th
                  key={column}
                  scope="col"
                  className={`py-1.5 pr-4 font-normal ${column === "strength" ? "text-left" : "text-right"}`}
                >
                  {t(`policy.column.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {fare.packs.map((one) => (
              <tr key={one.strength} className="border-b border-line">
                <th scope="row" className="py-1.5 pr-4 text-left font-medium">
                  {one.strength}
                </th>
                <td className="num py-1.5 pr-4 text-right">{one.blocked}</td>
                <td className="num py-1.5 pr-4 text-right">{one.newly_blocked}</td>
                <td className="num py-1.5 pr-4 text-right">{one.approvals_lost}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
      {fare.packs
        .filter((one) => one.clauses.length > 0)
        .map((one) => (
          <details key={one.strength}>
            <summary className="cursor-default rounded-sm text-ink-2 hover:text-ink">
              {t("policy.gatesUnder", { strength: one.strength })}
            </summary>
            <div className="mt-2">
              <ByClause clauses={one.clauses} />
            </div>
          </details>
        ))}
    </>
  );
}
