import { Snowflake, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Facts, Failed, Reading, Section } from "../ds/layout";
import { Key } from "../ds/marks";
import type { ScheduleView } from "../ipc/contract";
import { useView } from "../ipc/queries";

/** A change's schedule: in its zone and in mine, what is in its way, and when the same hours are free. */
export function Schedule({ change, zone, more = [] }: { change: string; zone: string; more?: [string, string][] }) {
  const { t } = useTranslation();
  const view = useView("schedule", { change, zone });
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  const { planned, elsewhere, minutes, conflicts, freezes, next, no_next: noNext } = view.data;
  const facts: [string, string][] = [[t("calendar.planned"), planned ?? t("calendar.noWindow")]];
  if (elsewhere) facts.push([t("calendar.here"), elsewhere]);
  if (minutes !== null) facts.push([t("calendar.length"), t("common.minutes", { count: minutes })]);
  return (
    <div className="flex max-w-[48rem] flex-col gap-5">
      <Facts facts={[...facts, ...more]} />
      {conflicts.length > 0 ? (
        <Section title={t("calendar.conflicts")}>
          <Conflicts conflicts={conflicts} />
        </Section>
      ) : null}
      {freezes.length > 0 ? (
        <Section title={t("calendar.freezes")}>
          <Freezes freezes={freezes} />
        </Section>
      ) : null}
      {planned && conflicts.length === 0 && freezes.length === 0 ? <p>{t("calendar.free")}</p> : null}
      {next || noNext ? (
        <Section title={t("calendar.next")}>
          <p className="num">{next?.local ?? noNext}</p>
        </Section>
      ) : null}
    </div>
  );
}

function Conflicts({ conflicts }: { conflicts: ScheduleView["conflicts"] }) {
  return (
    <ul className="flex flex-col gap-2">
      {conflicts.map((conflict) => (
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
  );
}

function Freezes({ freezes }: { freezes: ScheduleView["freezes"] }) {
  const { t } = useTranslation();
  return (
    <ul className="flex flex-col gap-2">
      {freezes.map((freeze) => (
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
  );
}
