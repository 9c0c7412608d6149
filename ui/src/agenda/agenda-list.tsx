import { ArrowDown, ArrowUp, Eye, EyeOff, Minus, Plus, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ds/button";
import { EmptyState } from "../ds/layout";
import { GateCount, Key, RiskMark } from "../ds/marks";
import { keepInSight } from "../ds/sight";
import type { AgendaItemRow } from "../ipc/contract";

export function AgendaList(props: {
  items: AgendaItemRow[];
  cursor: number;
  onCursor: (index: number) => void;
  onMove: (index: number, by: 1 | -1) => void;
  onMinutes: (index: number, by: 1 | -1) => void;
  onRestrict: (index: number) => void;
  onRemove: (id: string) => void;
}) {
  const { t } = useTranslation();
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    keepInSight(list.current, list.current?.querySelector("[data-at=true]"));
  });
  return (
    <section
      data-region="agenda"
      aria-label={t("agenda.agenda")}
      className="flex min-w-0 grow-[3] basis-0 flex-col @max-4xl:shrink-0 @max-4xl:basis-auto border-r border-line"
    >
      <h2 className="eyebrow shrink-0 border-b border-line px-6 py-2">{t("agenda.agenda")}</h2>
      {props.items.length === 0 ? (
        <EmptyState title={t("agenda.empty")}>{t("agenda.emptyHint")}</EmptyState>
      ) : (
        <ol ref={list} className="scroll min-h-0 grow">
          {props.items.map((item, index) => (
            <li
              key={item.id}
              data-at={index === props.cursor}
              className={`flex items-center gap-3 border-b border-l-2 border-b-line py-2 pr-3 pl-5.5 ${index === props.cursor ? "border-l-accent bg-accent-soft" : "border-l-transparent"}`}
            >
              <span className="num w-6 shrink-0 text-right text-lg text-ink-2">{item.number}</span>
              <button
                type="button"
                className="min-w-0 grow rounded-sm text-left"
                onFocus={() => props.onCursor(index)}
                onClick={() => props.onCursor(index)}
              >
                <span className="flex items-baseline gap-2">
                  <Key id={item.change.key} className="shrink-0 text-ink-2" />
                  <span className="truncate font-medium">{item.change.title}</span>
                </span>
                <span className="flex items-center gap-4 text-xs text-ink-2">
                  <RiskMark risk={item.change.risk} />
                  {item.change.gates_failed > 0 ? (
                    <GateCount failed={item.change.gates_failed} blocking={item.change.gates_blocking} />
                  ) : null}
                  {item.change.release ? <span className="truncate font-medium">{item.change.release}</span> : null}
                  <span className="truncate">{item.reason}</span>
                </span>
              </button>
              <span className="flex shrink-0 items-center">
                <IconButton
                  label={t("agenda.less", { key: item.change.key })}
                  keys="-"
                  icon={<Minus size={13} />}
                  onPress={() => props.onMinutes(index, -1)}
                />
                <span className="num w-14 text-center">{t("common.minShort", { count: item.minutes })}</span>
                <IconButton
                  label={t("agenda.more", { key: item.change.key })}
                  keys="+"
                  icon={<Plus size={13} />}
                  onPress={() => props.onMinutes(index, 1)}
                />
              </span>
              <span className="flex shrink-0">
                <IconButton
                  label={t("agenda.up", { key: item.change.key })}
                  keys="Alt+ArrowUp"
                  isDisabled={index === 0}
                  icon={<ArrowUp size={14} />}
                  onPress={() => props.onMove(index, -1)}
                />
                <IconButton
                  label={t("agenda.down", { key: item.change.key })}
                  keys="Alt+ArrowDown"
                  isDisabled={index === props.items.length - 1}
                  icon={<ArrowDown size={14} />}
                  onPress={() => props.onMove(index, 1)}
                />
                <IconButton
                  label={t(item.restricted ? "agenda.unrestrict" : "agenda.restrict", { key: item.change.key })}
                  keys="r"
                  icon={item.restricted ? <EyeOff size={14} /> : <Eye size={14} />}
                  onPress={() => props.onRestrict(index)}
                />
                <IconButton
                  label={t("agenda.remove", { key: item.change.key })}
                  keys="x"
                  icon={<X size={14} />}
                  onPress={() => props.onRemove(item.id)}
                />
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
