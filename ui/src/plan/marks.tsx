import { CircleAlert, CircleCheck, CircleDashed, Square, SquareCheckBig } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PlanSectionSummary } from "../ipc/contract";

const LOOK = {
  complete: { icon: CircleCheck, ink: "text-ink-2" },
  thin: { icon: CircleDashed, ink: "text-warn" },
  missing: { icon: CircleAlert, ink: "text-bad" },
} as const;

export function CompletenessMark({ completeness }: { completeness: PlanSectionSummary["completeness"] }) {
  const { t } = useTranslation();
  const { icon: Icon, ink } = LOOK[completeness];
  return (
    <span className={`inline-flex items-center gap-1 text-xs ${ink}`}>
      <Icon size={13} className="shrink-0" aria-hidden="true" /> {t(`plan.${completeness}`)}
    </span>
  );
}

export function TickMark({ ticked }: { ticked: boolean }) {
  const { t } = useTranslation();
  return ticked ? (
    <SquareCheckBig size={16} className="text-good" role="img" aria-label={t("plan.isTicked")} />
  ) : (
    <Square size={16} className="text-ink-3" role="img" aria-label={t("plan.notTicked")} />
  );
}
