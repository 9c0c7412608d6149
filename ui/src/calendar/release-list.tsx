import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Section } from "../ds/layout";
import { LevelMark } from "../ds/marks";
import type { CalendarRelease } from "../ipc/contract";

/** The releases that have a window in the days that are shown: nothing where none has. */
export function ReleaseList({ releases }: { releases: CalendarRelease[] }) {
  const { t } = useTranslation();
  if (releases.length === 0) return null;
  return (
    <Section title={t("calendar.releases")}>
      <ul className="divide-y divide-line border-y border-line">
        {releases.map((one) => (
          <li key={one.name} className="py-2">
            <Link to="/releases" search={{ release: one.name }} className="font-medium underline hover:text-ink">
              {one.name}
            </Link>
            <p className="num flex flex-wrap items-center gap-x-4 text-xs text-ink-2">
              <span>{one.local}</span>
              <span>{t("releases.changes", { count: one.changes })}</span>
              <LevelMark level={one.level} />
              {one.milestone ? <span>{one.milestone}</span> : null}
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
