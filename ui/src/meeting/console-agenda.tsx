import { CircleDot } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { DecisionMark, LevelGlyph } from "../ds/marks";
import { keepInSight } from "../ds/sight";
import type { ConsoleItemRow } from "../ipc/contract";

const INK = { low: "text-low", medium: "text-medium", high: "text-high", critical: "text-critical" };

export function ConsoleAgenda(props: {
  items: ConsoleItemRow[];
  looked: string;
  current: string | null;
  onLook: (id: string) => void;
}) {
  const { t } = useTranslation();
  const list = useRef<HTMLOListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scroll when another item is looked at
  useEffect(() => {
    keepInSight(list.current, list.current?.querySelector("[aria-current=true]"));
  }, [props.looked]);
  return (
    <nav
      aria-label={t("meeting.agenda")}
      data-region="agenda"
      className="flex w-72 max-w-[24vw] shrink-0 flex-col border-r border-line @max-4xl:order-last @max-4xl:w-full @max-4xl:max-w-none @max-4xl:border-t @max-4xl:border-r-0"
    >
      <ol ref={list} className="scroll min-h-0 grow">
        {props.items.map((item) => {
          const isCurrent = item.id === props.current;
          return (
            <li key={item.id}>
              <button
                type="button"
                aria-current={item.id === props.looked ? "true" : undefined}
                onClick={() => props.onLook(item.id)}
                className={`flex w-full gap-2.5 border-b border-l-2 border-b-line py-2 pr-3 pl-3.5 text-left ${item.id === props.looked ? "border-l-accent bg-accent-soft" : "border-l-transparent hover:bg-sunken"}`}
              >
                <span
                  className={`num mt-px w-5 shrink-0 text-right ${isCurrent ? "font-semibold text-accent" : "text-ink-2"}`}
                >
                  {item.number}
                </span>
                <span className="min-w-0 grow">
                  <span className={`block leading-4.5 ${item.decision ? "text-ink-2" : "font-medium"}`}>
                    {item.title}
                  </span>
                  <span className="mt-1 flex items-center gap-2.5 text-xs">
                    {item.level ? (
                      <span className={`inline-flex shrink-0 items-center gap-1 ${INK[item.level]}`}>
                        <LevelGlyph level={item.level} className="scale-90" />
                        <span className={item.decision ? "sr-only" : ""}>{t(`level.${item.level}`)}</span>
                      </span>
                    ) : null}
                    {item.decision ? (
                      <DecisionMark decision={item.decision} size={13} />
                    ) : isCurrent ? (
                      <span className="inline-flex items-center gap-1 font-medium text-accent">
                        <CircleDot size={13} aria-hidden="true" /> {t("meeting.now")}
                      </span>
                    ) : (
                      <span className="num text-ink-2">{t("common.minShort", { count: item.minutes })}</span>
                    )}
                    {item.release ? <span className="truncate text-ink-2">{item.release}</span> : null}
                    {item.late ? <span className="text-warn">{t("meeting.lateItem")}</span> : null}
                  </span>
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
