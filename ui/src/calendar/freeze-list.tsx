import { Snowflake } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CalendarFreeze } from "../ipc/contract";

/** Freezes with when, where and why. */
export function FreezeList({ freezes }: { freezes: (CalendarFreeze & { over?: boolean })[] }) {
  const { t } = useTranslation();
  return (
    <ul className="flex max-w-[56rem] flex-col divide-y divide-line">
      {freezes.map((freeze) => (
        <li key={freeze.id} className={`py-3 ${freeze.over ? "text-ink-2" : ""}`}>
          <p className="flex items-center gap-1.5 font-medium">
            <Snowflake size={14} aria-hidden="true" className="shrink-0 text-warn" />
            {t(freeze.hard ? "calendar.hardFreeze" : "calendar.softFreeze", { name: freeze.name })}
            {freeze.over ? <span className="text-xs font-normal">{t("freezes.over")}</span> : null}
          </p>
          <p className="num text-xs text-ink-2">{[freeze.local, freeze.repeats].filter(Boolean).join(" · ")}</p>
          <p className="text-xs text-ink-2">
            {[freeze.environment, freeze.services.join(", ") || t("freezes.everyService")].join(" · ")}
          </p>
          <p>{freeze.reason}</p>
        </li>
      ))}
    </ul>
  );
}
