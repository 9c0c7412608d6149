import { Snowflake, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Facts, Failed, Reading, Section } from "../ds/layout";
import { Key } from "../ds/marks";
import type { CalendarItem } from "../ipc/contract";
import { useView } from "../ipc/queries";

/** A change's schedule: in its zone and in mine, what is in its way, and when the same hours are free. */
export function Detail({ item, zone }: { item: CalendarItem; zone: string }) {
  const { t } = useTranslation();
  const view = useView("schedule", { change: item.key, zone });
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  const schedule = view.data;
  const facts: [string, string][] = [
    [t("calendar.planned"), schedule.planned ?? t("common.none")],
    ...(schedule.elsewhere ? ([[t("calendar.here"), schedule.elsewhere]] as [string, string][]) : []),
    [t("calendar.environment"), item.environment || t("common.none")],
    [t("calendar.service"), item.service || t("common.none")],
    [t("calendar.status"), item.status],
  ];
  return (
    <section aria-label={t("calendar.schedule")} className="flex max-w-[48rem] flex-col gap-5">
      <header>
        <p>
          <Key id={item.key} className="text-ink-2" />
        </p>
        <h2 className="mt-0.5 text-lg font-semibold">{item.title}</h2>
      </header>
      <Facts facts={facts} />
      {schedule.conflicts.length > 0 ? (
        <Section title={t("calendar.conflicts")}>
          <ul className="flex flex-col gap-2">
            {schedule.conflicts.map((conflict) => (
              <li key={conflict.key} className="border-l-2 border-warn pl-3">
                <p className="flex items-center gap-1.5">
                  <TriangleAlert size={14} aria-hidden="true" className="shrink-0 text-warn" />
                  <Key id={conflict.key} className="text-ink-2" />
                  <span className="min-w-0 truncate">{conflict.title}</span>
                </p>
                <p className="num text-xs text-ink-2">{conflict.local}</p>
                <p className="text-xs text-ink-2">{conflict.reasons.join(" · ")}</p>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      {schedule.freezes.length > 0 ? (
        <Section title={t("calendar.freezes")}>
          <ul className="flex flex-col gap-2">
            {schedule.freezes.map((freeze) => (
              <li key={freeze.id} className="border-l-2 border-warn pl-3">
                <p className="flex items-center gap-1.5">
                  <Snowflake size={14} aria-hidden="true" className="shrink-0 text-warn" />
                  {t(freeze.hard ? "calendar.hardFreeze" : "calendar.softFreeze", { name: freeze.name })}
                </p>
                <p className="num text-xs text-ink-2">{freeze.local}</p>
                <p>{freeze.reason}</p>
                <p className="text-ink-2">{freeze.needs}</p>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      {schedule.next || schedule.no_next ? (
        <Section title={t("calendar.next")}>
          <p className="num">{schedule.next?.local ?? schedule.no_next}</p>
        </Section>
      ) : null}
    </section>
  );
}
