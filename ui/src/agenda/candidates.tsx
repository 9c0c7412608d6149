import { Plus } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ds/button";
import { Key, RiskMark } from "../ds/marks";
import { keepInSight } from "../ds/sight";
import type { AgendaView } from "../ipc/contract";

export function Candidates(props: {
  candidates: AgendaView["candidates"];
  cursor: number;
  onCursor: (index: number) => void;
  onAdd: (change: string) => void;
}) {
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    keepInSight(list.current, list.current?.querySelector("[data-at=true]"));
  });
  return (
    <section
      data-region="candidates"
      aria-label={t("agenda.candidates")}
      className="flex min-w-0 grow-[2] basis-0 flex-col @max-4xl:shrink-0 @max-4xl:basis-auto"
    >
      <h2 className="eyebrow flex shrink-0 justify-between border-b border-line px-5 py-2">
        {t("agenda.candidates")} <span className="num font-normal">{props.candidates.length}</span>
      </h2>
      {props.candidates.length === 0 ? (
        <p className="p-5 text-ink-2">{t("agenda.noCandidates")}</p>
      ) : (
        <ul ref={list} className="scroll min-h-0 grow">
          {props.candidates.map(({ change, reason }, index) => (
            <li
              key={change.id}
              data-at={index === props.cursor}
              className={`flex items-center gap-2 border-b border-l-2 border-b-line py-1.5 pr-3 pl-4.5 ${index === props.cursor ? "border-l-accent bg-accent-soft" : "border-l-transparent"}`}
            >
              <button
                type="button"
                className="min-w-0 grow rounded-sm text-left"
                onFocus={() => props.onCursor(index)}
                onClick={() => props.onCursor(index)}
              >
                <span className="flex items-baseline gap-2">
                  <Key id={change.key} className="shrink-0 text-ink-2" />
                  <span className="truncate">{change.title}</span>
                </span>
                <span className="flex items-center gap-3 text-xs text-ink-2">
                  <RiskMark risk={change.risk} />
                  <span className="truncate">{reason}</span>
                </span>
              </button>
              <IconButton
                label={t("agenda.add", { key: change.key })}
                keys="x"
                icon={<Plus size={15} />}
                onPress={() => props.onAdd(change.id)}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
