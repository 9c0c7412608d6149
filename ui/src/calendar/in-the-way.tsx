import { PhoneOff, Snowflake, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Section } from "../ds/layout";
import { Key } from "../ds/marks";
import type { ScheduleView } from "../ipc/contract";

/** What a window meets: other changes, freezes, and hours in which nobody is on call. */
export function InTheWay(props: Pick<ScheduleView, "conflicts" | "freezes" | "coverage">) {
  const { t } = useTranslation();
  const { conflicts, freezes, coverage } = props;
  return (
    <>
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
      {coverage ? (
        <Section title={t("calendar.coverage")}>
          <Coverage coverage={coverage} />
        </Section>
      ) : null}
    </>
  );
}

function Conflicts({ conflicts }: Pick<ScheduleView, "conflicts">) {
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

function Freezes({ freezes }: Pick<ScheduleView, "freezes">) {
  const { t } = useTranslation();
  return (
    <ul className="flex flex-col gap-2">
      {freezes.map((freeze) => (
        <li key={`${freeze.id} ${freeze.local}`} className="border-l-2 border-warn pl-3">
          <p className="flex items-center gap-1.5">
            <Snowflake size={14} aria-hidden="true" className="shrink-0 text-warn" />
            {t(freeze.hard ? "calendar.hardFreeze" : "calendar.softFreeze", { name: freeze.name })}
          </p>
          <p className="num text-xs text-ink-2">{freeze.local}</p>
          <p>{freeze.reason}</p>
          {freeze.excepted ? <p className="num">{t("calendar.excepted", { until: freeze.excepted })}</p> : null}
          <p className="text-ink-2">{freeze.needs}</p>
        </li>
      ))}
    </ul>
  );
}

function Coverage({ coverage }: { coverage: NonNullable<ScheduleView["coverage"]> }) {
  const { t } = useTranslation();
  return (
    <ul className="flex flex-col gap-1">
      {coverage.by.map((by) => (
        <li key={by}>{by}</li>
      ))}
      {coverage.gaps.map((gap) => (
        <li key={gap} className="num flex items-center gap-1.5 border-l-2 border-warn pl-3">
          <PhoneOff size={14} aria-hidden="true" className="shrink-0 text-warn" />
          {t("calendar.nobody", { when: gap })}
        </li>
      ))}
    </ul>
  );
}
