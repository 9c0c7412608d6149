import { Snowflake, TriangleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { CalendarItem, CalendarView } from "../ipc/contract";
import { dateIn, lastDateIn, weeksOf } from "./days";

/** Changes of a day that are named; the list has the others. */
const NAMED = 3;

interface Dated<T> {
  what: T;
  first: string;
  last: string;
}

function on<T>(all: Dated<T>[], date: string): T[] {
  return all.filter(({ first, last }) => first <= date && date <= last).map(({ what }) => what);
}

/** The weeks as a table, Monday first: freezes as bands, changes by their keys. */
export function Weeks(props: { view: CalendarView; current: string | undefined; onPick: (key: string) => void }) {
  const { t } = useTranslation();
  const { from, to, zone } = props.view;
  const dated = <T,>(what: T, startsAt: string, endsAt: string): Dated<T> => ({
    what,
    first: dateIn(startsAt, zone),
    last: lastDateIn(endsAt, zone),
  });
  const items = props.view.items.map((item) => dated(item, item.window.starts_at, item.window.ends_at));
  const freezes = props.view.freezes.map((freeze) => dated(freeze, freeze.starts_at, freeze.ends_at));
  return (
    <table className="w-full table-fixed border-collapse">
      <caption className="sr-only">{t("calendar.weeks")}</caption>
      <thead className="text-xs text-ink-2">
        <tr>
          {[1, 2, 3, 4, 5, 6, 7].map((weekday) => (
            <th key={weekday} scope="col" className="border-b border-line px-2 py-1 text-left font-normal">
              {t(`calendar.weekday.${weekday}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeksOf(from, to).map((week) => (
          <tr key={week[0]}>
            {week.map((date) => (
              <td
                key={date}
                className={`h-20 border border-line p-1.5 align-top ${date < from || date > to ? "bg-sunken" : ""}`}
              >
                <p className="num text-xs text-ink-2">{Number(date.slice(8))}</p>
                {on(freezes, date).map((freeze) => (
                  <p
                    key={`${freeze.id} ${freeze.starts_at}`}
                    className="mt-0.5 flex items-center gap-1 bg-warn-soft px-1 text-xs text-warn"
                  >
                    <Snowflake size={11} aria-hidden="true" className="shrink-0" />
                    <span className="truncate">
                      {t(freeze.hard ? "calendar.hardFreeze" : "calendar.softFreeze", { name: freeze.name })}
                    </span>
                  </p>
                ))}
                <Day items={on(items, date)} current={props.current} onPick={props.onPick} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Day(props: { items: CalendarItem[]; current: string | undefined; onPick: (key: string) => void }) {
  const { t } = useTranslation();
  const more = props.items.length - NAMED;
  return (
    <>
      {props.items.slice(0, NAMED).map((item) => (
        <button
          key={item.key}
          type="button"
          aria-pressed={item.key === props.current}
          onClick={() => props.onPick(item.key)}
          className={`num mt-0.5 flex w-full items-center gap-1 rounded-sm px-1 text-left text-xs ${item.key === props.current ? "bg-accent-soft font-medium" : "hover:bg-sunken"}`}
        >
          <span className={`truncate ${item.over ? "line-through" : ""}`}>{item.key}</span>
          {item.conflicts > 0 ? (
            <TriangleAlert size={11} role="img" aria-label={t("calendar.conflict")} className="shrink-0 text-warn" />
          ) : null}
        </button>
      ))}
      {more > 0 ? <p className="px-1 text-xs text-ink-2">{t("common.more", { count: more })}</p> : null}
    </>
  );
}
