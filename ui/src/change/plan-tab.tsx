import { MessageSquare } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Clause } from "../ds/marks";
import type { ChangeView } from "../ipc/contract";
import { CompletenessMark, TickMark } from "../plan/marks";

export function PlanTab({ change }: { change: ChangeView }) {
  const { t } = useTranslation();
  return (
    <div className="max-w-[56rem]">
      <p className="mb-3 text-ink-2">
        {t("plan.ticked", { done: change.row.plan_ticked, total: change.row.plan_total })}
      </p>
      <ul className="divide-y divide-line border-y border-line">
        {change.plan.map((section) => (
          <li
            key={section.id}
            className="grid min-h-10 grid-cols-[1.25rem_1.5rem_1fr_auto_6rem] items-center gap-3 py-1.5"
          >
            <TickMark ticked={section.ticked} />
            <span className="num text-right text-ink-2">{section.number}</span>
            <span className="flex items-baseline gap-2">
              {section.title} <Clause id={section.clause} />
              {section.mandatory ? <span className="text-xs text-ink-2">{t("plan.mandatory")}</span> : null}
              {section.changed_since_looked ? (
                <span className="text-xs font-medium text-accent">{t("plan.changed")}</span>
              ) : null}
            </span>
            <span className="num flex items-center gap-1 text-xs text-ink-2">
              {section.comments > 0 ? (
                <>
                  <MessageSquare size={13} aria-hidden="true" /> {t("plan.comments", { count: section.comments })}
                </>
              ) : null}
            </span>
            <CompletenessMark completeness={section.completeness} />
          </li>
        ))}
      </ul>
    </div>
  );
}
