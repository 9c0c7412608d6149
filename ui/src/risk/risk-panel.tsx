import { ArrowDownRight, ShieldAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Facts, Section } from "../ds/layout";
import { Clause, LevelMark, ProvenanceMark, RiskMark } from "../ds/marks";
import { moment } from "../ds/time";
import type { RiskOutcome } from "../ipc/contract";
import { Scale } from "./scale";

/** The whole arithmetic: nothing about the score that cannot be checked by hand. */
export function RiskPanel({ outcome, compact = false }: { outcome: RiskOutcome; compact?: boolean }) {
  const { t } = useTranslation();
  const floors = outcome.floors.filter((floor) => floor.applies);
  // Bars are of points, whatever the score makes of them.
  const most = outcome.waterfall.reduce((sum, step) => sum + step.most, 0);
  const share = (points: number) => (points * 100) / Math.max(1, most);
  return (
    <div className="flex flex-col gap-7">
      <section aria-label={t("risk.result")}>
        <p className="flex items-baseline gap-3">
          <span className="text-lg">
            <RiskMark risk={outcome.summary} withOpen />
          </span>
          {outcome.summary.level && outcome.score_level && outcome.score_level !== outcome.summary.level ? (
            <span className="text-ink-2">{t("risk.byScore", { level: t(`level.${outcome.score_level}`) })}</span>
          ) : null}
        </p>
        <Scale summary={outcome.summary} of={outcome.of} bounds={outcome.bounds} />
        <p className="num mt-2 text-xs text-ink-2">
          {t("risk.confidence", { points: outcome.confidence })} ·{" "}
          {t("risk.model", { name: outcome.model, version: outcome.model_version })}
        </p>
        {outcome.older_model === null ? null : (
          <p className="measure mt-1 text-xs text-warn">
            {t("risk.older", {
              older: outcome.older_model,
              name: outcome.model,
              version: outcome.model_version,
            })}
          </p>
        )}
        {outcome.follows === null ? null : (
          <p className="num measure mt-1 text-xs text-ink-2">{t("risk.follows", { how: outcome.follows })}</p>
        )}
        {outcome.inherent === null ? null : (
          <p className="num mt-1 text-xs text-ink-2">
            {t("risk.inherent", {
              score: outcome.inherent.score,
              level: t(`level.${outcome.inherent.level}`),
            })}
          </p>
        )}
      </section>

      {floors.length > 0 ? (
        <Section title={t("risk.floors")}>
          <ul className="flex flex-col gap-1.5">
            {floors.map((floor) => (
              <li key={floor.label} className="flex items-baseline gap-2">
                <ShieldAlert size={14} className="shrink-0 translate-y-0.5 text-ink-2" aria-hidden="true" />
                <span className="grow">
                  {floor.label} {floor.clause ? <Clause id={floor.clause} /> : null}
                </span>
                <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
                  {t("risk.atLeast")} <LevelMark level={floor.level} />
                </span>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}

      {outcome.improvements.length > 0 ? (
        <Section title={t("risk.improvements")}>
          <ul className="flex flex-col gap-1.5">
            {outcome.improvements.slice(0, 3).map((improvement) => (
              <li key={improvement.question} className="flex items-baseline gap-2">
                <ArrowDownRight size={14} className="shrink-0 translate-y-0.5 text-good" aria-hidden="true" />
                <span className="grow">{improvement.text}</span>
                <span className="num font-medium whitespace-nowrap text-good">−{improvement.saves}</span>
                <span className="num flex w-28 items-center justify-end gap-1.5 whitespace-nowrap text-ink-2">
                  → {improvement.new_score} <LevelMark level={improvement.new_level} />
                </span>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}

      <Section title={t("risk.waterfall")} aside={compact ? null : t("risk.waterfallHint", { of: most })}>
        <table className="w-full border-collapse text-sm">
          <thead className="text-xs text-ink-2">
            <tr className="border-b border-line">
              <th scope="col" className="w-10 py-1 text-left font-normal">
                {t("risk.column.question")}
              </th>
              <th scope="col" className="py-1 text-left font-normal">
                {t("risk.column.answer")}
              </th>
              {compact ? null : (
                <th scope="col" className="w-24 py-1 text-left font-normal">
                  {t("risk.column.provenance")}
                </th>
              )}
              <th scope="col" className="w-14 py-1 text-right font-normal">
                {t("risk.column.points")}
              </th>
              <th scope="col" className="w-12 py-1 text-right font-normal">
                {t("risk.column.sum")}
              </th>
              <th scope="col" className={`py-1 ${compact ? "w-28" : "w-44"}`}>
                <span className="sr-only">{t("risk.column.bar")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {outcome.waterfall.map((step) => (
              <tr key={step.question} className="border-b border-line">
                <th scope="row" className="num py-1 text-left align-top font-medium" title={step.label}>
                  {step.question}
                </th>
                <td className="py-1 pr-2 align-top">
                  {compact ? null : (
                    <span className="text-ink-2">{/[?.!]$/.test(step.label) ? step.label : `${step.label}:`} </span>
                  )}
                  {step.answer ?? <span className="text-ink-2 italic">{t("risk.openUpTo", { most: step.most })}</span>}
                </td>
                {compact ? null : (
                  <td className="py-1 align-top">
                    {step.provenance ? <ProvenanceMark provenance={step.provenance} /> : null}
                  </td>
                )}
                <td className="num py-1 text-right align-top">{step.answer === null ? "–" : `+${step.points}`}</td>
                <td className="num py-1 text-right align-top text-ink-2">{step.sum}</td>
                <td className="py-1 pl-3 align-middle">
                  <span className="relative block h-2.5" aria-hidden="true">
                    <span
                      className="absolute top-0 h-full border-y border-r border-dashed border-line-strong"
                      style={{
                        left: `${share(step.sum - step.points)}%`,
                        width: `${step.answer === null ? share(step.most) : 0}%`,
                        display: step.answer === null ? "block" : "none",
                      }}
                    />
                    <span
                      className={`absolute top-0 h-full rounded-[1px] ${step.provenance === "assumed" ? "bg-warn" : "bg-accent"}`}
                      style={{ left: `${share(step.sum - step.points)}%`, width: `${share(step.points)}%` }}
                    />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>

      {compact || (outcome.matrix === null && outcome.points === null) ? null : (
        <Section title={t("risk.compared")}>
          {outcome.matrix === null ? null : (
            <p className="flex items-baseline gap-3">
              <span className="grow">
                {t("risk.matrix", {
                  model: outcome.matrix.model,
                  likelihood: outcome.matrix.likelihood,
                  impact: outcome.matrix.impact,
                })}
              </span>
              <LevelMark level={outcome.matrix.level} />
            </p>
          )}
          {outcome.points === null ? null : (
            <p className="flex items-baseline gap-3">
              <span className="grow">
                {t("risk.pointsBeside", {
                  model: outcome.points.model,
                  score: outcome.points.score,
                  of: outcome.points.of,
                })}
              </span>
              <LevelMark level={outcome.points.level} />
            </p>
          )}
        </Section>
      )}

      {compact ? null : (
        <Facts
          className="text-xs"
          facts={[
            [
              t("risk.digest"),
              <span key="d" className="font-mono break-all">
                {outcome.answers_digest}
              </span>,
            ],
            [
              t("risk.submitted"),
              outcome.submitted_at
                ? t("risk.submittedBy", { name: outcome.submitted_by, when: moment(outcome.submitted_at) })
                : t("risk.notSubmitted"),
            ],
          ]}
        />
      )}
    </div>
  );
}
