import { Link, useNavigate } from "@tanstack/react-router";
import { PhoneOff, Snowflake, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { EmptyState, Failed, Reading } from "../ds/layout";
import { Key } from "../ds/marks";
import { day } from "../ds/time";
import type { CalendarItem } from "../ipc/contract";
import { useView } from "../ipc/queries";
import { MINE, shifted } from "./days";
import { Detail } from "./detail";
import { ReleaseList } from "./release-list";
import { Weeks } from "./weeks";

/** How far `[` and `]` go: whole weeks, so that the columns stay. */
const STEP = 28;

/** What is planned, what is frozen, and what is in whose way: as weeks, and as a list that says the same. */
export function Calendar() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [span, setSpan] = useState<{ from: string | null; to: string | null }>({ from: null, to: null });
  const [cursor, setCursor] = useState(0);
  const view = useView("calendar", { ...span, zone: MINE }, { keep: true });
  const items = view.data?.items ?? [];
  const at = Math.min(cursor, Math.max(0, items.length - 1));
  const item = items[at];
  const move = (days: number) => {
    if (!view.data) return;
    setSpan({ from: shifted(view.data.from, days), to: shifted(view.data.to, days) });
    setCursor(0);
  };
  useCommand("calendar.next", () => setCursor(Math.min(items.length - 1, at + 1)));
  useCommand("calendar.previous", () => setCursor(Math.max(0, at - 1)));
  useCommand("calendar.open", item ? () => navigate({ to: "/changes/$change", params: { change: item.key } }) : null);
  useCommand("calendar.later", () => move(STEP));
  useCommand("calendar.earlier", () => move(-STEP));

  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  const { from, to, zone, more } = view.data;
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-12 shrink-0 items-center gap-4 border-b border-line px-6">
        <h1 className="font-semibold">{t("nav.calendar")}</h1>
        <p className="num min-w-0 grow truncate text-ink-2">
          {t("calendar.span", { from: day(`${from}T12:00:00Z`, "UTC"), to: day(`${to}T12:00:00Z`, "UTC"), zone })}
          {more ? ` · ${t("calendar.more")}` : ""}
        </p>
        <Link to="/freezes" className="text-ink-2 underline hover:text-ink">
          {t("freezes.title")}
        </Link>
        <Button keys="[" onPress={() => move(-STEP)}>
          {t("calendar.earlier")}
        </Button>
        <Button keys="]" onPress={() => move(STEP)}>
          {t("calendar.later")}
        </Button>
      </header>
      <div className="flex min-h-0 grow">
        <section
          data-region="list"
          aria-label={t("calendar.list")}
          className="flex w-[22rem] max-w-[36vw] shrink-0 flex-col border-r border-line"
        >
          {items.length === 0 ? (
            <EmptyState title={t("calendar.empty")}>{t("calendar.emptyHint")}</EmptyState>
          ) : (
            <ul className="scroll min-h-0 grow">
              {items.map((one, index) => (
                <Row key={one.key} item={one} current={index === at} onPick={() => setCursor(index)} />
              ))}
            </ul>
          )}
        </section>
        <article data-region="detail" tabIndex={0} className="scroll min-w-0 grow px-6 py-5 outline-none">
          <div className="flex flex-col gap-7">
            <Weeks view={view.data} current={item?.key} onPick={(key) => setCursor(indexOf(items, key))} />
            <ReleaseList releases={view.data.releases} />
            {item ? <Detail item={item} zone={zone} /> : null}
          </div>
        </article>
      </div>
    </div>
  );
}

function indexOf(items: CalendarItem[], key: string): number {
  return Math.max(
    0,
    items.findIndex((item) => item.key === key),
  );
}

function Row({ item, current, onPick }: { item: CalendarItem; current: boolean; onPick: () => void }) {
  const { t } = useTranslation();
  return (
    <li>
      <button
        type="button"
        aria-current={current ? "true" : undefined}
        onClick={onPick}
        className={`flex w-full flex-col gap-1 border-b border-l-2 border-b-line py-2.5 pr-4 pl-5.5 text-left ${current ? "border-l-accent bg-accent-soft" : "border-l-transparent hover:bg-sunken"}`}
      >
        <span className="flex w-full items-baseline gap-2">
          <Key id={item.key} className="shrink-0 text-ink-2" />
          <span className="min-w-0 truncate font-medium">{item.title}</span>
        </span>
        <span className="num w-full truncate text-xs text-ink-2">{item.local}</span>
        {item.deployment ? (
          <span className="w-full truncate text-xs">{t("calendar.deployment", { told: item.deployment })}</span>
        ) : null}
        {item.conflicts > 0 || item.freezes.length > 0 || item.covered === false ? (
          <span className="flex flex-wrap gap-x-3 text-xs text-warn">
            {item.conflicts > 0 ? (
              <span className="inline-flex items-center gap-1">
                <TriangleAlert size={12} aria-hidden="true" /> {t("calendar.inTheWay", { count: item.conflicts })}
              </span>
            ) : null}
            {item.freezes.map((name) => (
              <span key={name} className="inline-flex items-center gap-1">
                <Snowflake size={12} aria-hidden="true" /> {name}
              </span>
            ))}
            {item.covered === false ? (
              <span className="inline-flex items-center gap-1">
                <PhoneOff size={12} aria-hidden="true" /> {t("calendar.uncovered")}
              </span>
            ) : null}
          </span>
        ) : null}
      </button>
    </li>
  );
}
