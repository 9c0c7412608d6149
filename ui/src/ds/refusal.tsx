import { useTranslation } from "react-i18next";
import type { Refusal } from "../ipc/contract";
import { Clause } from "./marks";

/** Which rule refuses, which clause, and what would satisfy it. */
export function RefusalBody({ refusal }: { refusal: Refusal }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-1">
      <p className="font-medium text-ink">
        {refusal.rule} {refusal.clause ? <Clause id={refusal.clause} /> : null}
      </p>
      <p className="text-ink-2">
        <span className="sr-only">{t("notice.remedy")} </span>
        {refusal.remedy}
      </p>
      {refusal.facts.length > 0 ? (
        <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-xs">
          {refusal.facts.map((fact) => (
            <div key={fact.label} className="contents">
              <dt className="text-ink-2">{fact.label}</dt>
              <dd className="num text-ink">{fact.value}</dd>
            </div>
          ))}
        </dl>
      ) : null}
    </div>
  );
}
