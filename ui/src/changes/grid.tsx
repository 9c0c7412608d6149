import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Kbd } from "../ds/kbd";
import { DecisionMark, GateCount, Key, KindMark, RiskMark } from "../ds/marks";
import { windowShort } from "../ds/time";
import type { ChangeColumn, ChangeRow } from "../ipc/contract";
import { changeQuery, useListState } from "./list-state";
import type { Rows } from "./rows";

const ROW = 36;

interface Column {
  id: string;
  sort: ChangeColumn | null;
  /** Left out while the peek pane takes the room. */
  wide?: boolean;
}

const COLUMNS: Column[] = [
  { id: "key", sort: "key" },
  { id: "title", sort: "title" },
  { id: "kind", sort: "kind", wide: true },
  { id: "risk", sort: "risk" },
  { id: "gates", sort: null },
  { id: "window", sort: "window", wide: true },
  { id: "decision", sort: "decision" },
];

const WIDE = "grid-cols-[1rem_5.5rem_minmax(12rem,1fr)_7rem_8rem_6.5rem_7.5rem_minmax(8rem,12.5rem)]";
const NARROW = "grid-cols-[1rem_5.5rem_minmax(8rem,1fr)_8.5rem_6.5rem_minmax(7.5rem,11rem)]";

export function Grid(props: {
  rows: Rows;
  cursor: number;
  onCursor: (index: number) => void;
  onOpen: (id?: string) => void;
  onVisible: (first: number, last: number) => void;
  narrow: boolean;
}) {
  const { t } = useTranslation();
  const { query } = useListState();
  const scroller = useRef<HTMLDivElement>(null);
  const total = props.rows.total ?? 0;
  const scale = Number.parseFloat(getComputedStyle(document.documentElement).fontSize || "16") / 16;
  const height = Math.round(ROW * scale);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    initialRect: { width: 1200, height: 720 },
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const onVisible = useRef(props.onVisible);
  onVisible.current = props.onVisible;

  useEffect(() => onVisible.current(first, last), [first, last]);
  useEffect(() => {
    if (total > 0) virtual.scrollToIndex(props.cursor, { align: "auto" });
  }, [props.cursor, total, virtual]);
  // The list has the keyboard as soon as it is there.
  useEffect(() => {
    const active = document.activeElement;
    if (active === document.body || active?.id === "content") scroller.current?.focus({ preventScroll: true });
  }, []);

  const columns = COLUMNS.filter((column) => !column.wide || !props.narrow);
  const grid = props.narrow ? NARROW : WIDE;
  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      data-region="list"
      data-region-focus
      aria-label={t("nav.changes")}
      aria-rowcount={total + 1}
      aria-activedescendant={total > 0 ? `row-${props.cursor}` : undefined}
      className="group scroll min-h-0 min-w-0 grow outline-none focus-visible:outline-none"
    >
      <div role="rowgroup" className="sticky top-0 z-10 bg-canvas">
        <div
          role="row"
          aria-rowindex={1}
          className={`grid ${grid} h-8 min-w-[46rem] items-center gap-x-3 border-b border-line px-4 text-xs text-ink-2`}
        >
          <span role="columnheader">
            <span className="sr-only">{t("changes.column.mark")}</span>
          </span>
          {columns.map((column) => (
            <Header key={column.id} column={column} sort={query.sort} />
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = props.rows.at(item.index);
          const selected = item.index === props.cursor;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid moves its active row by keyboard (aria-activedescendant)
            <div
              key={item.key}
              id={`row-${item.index}`}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={selected}
              onClick={() => {
                props.onCursor(item.index);
                scroller.current?.focus({ preventScroll: true });
              }}
              onDoubleClick={() => props.onOpen(row?.id)}
              style={{ height, transform: `translateY(${item.start}px)` }}
              className={`absolute inset-x-0 top-0 grid min-w-[46rem] ${grid} items-center gap-x-3 border-b border-l-2 border-b-line pr-4 pl-3.5 whitespace-nowrap ${selected ? "border-l-accent bg-accent-soft group-focus-visible:outline-2 group-focus-visible:-outline-offset-2 group-focus-visible:outline-focus" : "border-l-transparent hover:bg-sunken"}`}
            >
              {row ? (
                <Cells row={row} narrow={props.narrow} selected={selected} />
              ) : (
                <span role="gridcell" className="col-span-full" />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Header({ column, sort }: { column: Column; sort: { column: ChangeColumn; descending: boolean } }) {
  const { t } = useTranslation();
  const label = t(`changes.column.${column.id as "key"}`);
  const active = column.sort === sort.column;
  if (!column.sort) return <span role="columnheader">{label}</span>;
  const by = column.sort;
  return (
    <span role="columnheader" aria-sort={active ? (sort.descending ? "descending" : "ascending") : "none"}>
      <button
        type="button"
        tabIndex={-1}
        className={`flex h-6 items-center gap-1 rounded-sm hover:text-ink ${active ? "font-semibold text-ink" : ""}`}
        onClick={() => changeQuery({ sort: { column: by, descending: active ? !sort.descending : false } })}
      >
        {label}
        {active ? sort.descending ? <ArrowDown size={12} /> : <ArrowUp size={12} /> : null}
      </button>
    </span>
  );
}

function Cells({ row, narrow, selected }: { row: ChangeRow; narrow: boolean; selected: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <span role="gridcell" className="flex justify-center">
        {row.changed_since_looked ? (
          <span
            role="img"
            aria-label={t("changes.changedSince")}
            title={t("changes.changedSince")}
            className="size-2 rounded-full bg-accent"
          />
        ) : null}
      </span>
      <span role="gridcell" className="text-ink-2">
        <Key id={row.key} />
      </span>
      <span role="gridcell" className="truncate font-medium">
        {row.title}
      </span>
      {narrow ? null : (
        <span role="gridcell">
          <KindMark kind={row.kind} />
        </span>
      )}
      <span role="gridcell">
        <RiskMark risk={row.risk} />
      </span>
      <span role="gridcell" className="flex items-center gap-1">
        <GateCount failed={row.gates_failed} blocking={row.gates_blocking} />
        {selected && !narrow && row.gates_failed > 0 ? <Kbd keys="w" /> : null}
      </span>
      {narrow ? null : (
        <span role="gridcell" className="num text-ink-2">
          {row.window ? windowShort(row.window) : t("changes.noWindow")}
        </span>
      )}
      <span role="gridcell" className="min-w-0 overflow-hidden">
        {row.decision ? (
          <DecisionMark decision={row.decision} approval={row.approval} />
        ) : (
          <span className="text-ink-2">{row.on_agenda ? t("changes.onAgenda") : row.remote_status}</span>
        )}
      </span>
    </>
  );
}
