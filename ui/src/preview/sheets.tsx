import "./preview.css";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronUp, MoveHorizontal, ZoomIn, ZoomOut } from "lucide-react";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { IconButton } from "../ds/button";
import { TextField } from "../ds/fields";
import { Leaf } from "./leaf";
import type { Paper, Size } from "./paper";

/** CSS pixels around and between pages. */
const GAP = 16;
/** CSS pixels a point at 100 %. */
const NATURAL = 96 / 72;
const SMALLEST = 0.25;
const LARGEST = 4;
const STEP = 1.25;

const within = (zoom: number) => Math.min(Math.max(zoom, SMALLEST), LARGEST);

/** The pages one under the other; only those in sight, and the ones next to them, are there and drawn. */
export function Sheets({ name, paper, onFirst }: { name: string; paper: Paper; onFirst: () => void }) {
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [zoom, setZoom] = useState<number | null>(null);
  const [odd, setOdd] = useState<ReadonlyMap<number, Size>>(new Map());
  const [current, setCurrent] = useState(1);
  // Pages beside those in sight wait for the first one that is drawn.
  const [begun, setBegun] = useState(false);
  // Where one reads: the page, and how far into it. It stays when the pages grow.
  const place = useRef({ at: 0, part: 0 });

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  // The pages have the keyboard as soon as they are there.
  useEffect(() => {
    const active = document.activeElement;
    if (active === document.body || active?.id === "content") scroller.current?.focus({ preventScroll: true });
  }, []);

  const { pages, first } = paper;
  const factor = zoom ?? within((width - 2 * GAP) / (first.width * NATURAL));
  const scale = factor * NATURAL;
  const sizeOf = useCallback((at: number) => odd.get(at + 1) ?? first, [odd, first]);
  const starts = useMemo(() => {
    const all = [GAP];
    for (let at = 0; at < pages; at++) all.push((all[at] ?? 0) + sizeOf(at).height * scale + GAP);
    return all;
  }, [pages, sizeOf, scale]);
  const widest = useMemo(() => Math.max(first.width, ...[...odd.values()].map((size) => size.width)), [first, odd]);
  const startOf = (at: number) => (starts[at] ?? GAP) - GAP;
  /** The page at so many pixels from the top, from 0. */
  const pageAt = (pixels: number) => {
    let [low, high] = [0, pages - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (startOf(middle) <= pixels) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  const virtual = useVirtualizer({
    count: width > 0 ? pages : 0,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => sizeOf(at).height * scale,
    gap: GAP,
    paddingStart: GAP,
    paddingEnd: GAP,
    overscan: begun ? 1 : 0,
    initialRect: { width: 1200, height: 720 },
  });
  useLayoutEffect(() => {
    virtual.measure();
    const { at, part } = place.current;
    const [from, to] = [starts[at] ?? GAP, starts[at + 1] ?? GAP];
    if (scroller.current) scroller.current.scrollTop = from - GAP + part * (to - from);
  }, [starts, virtual]);

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const at = pageAt(element.scrollTop);
    const tall = startOf(at + 1) - startOf(at);
    place.current = { at, part: tall > 0 ? (element.scrollTop - startOf(at)) / tall : 0 };
    // The last page may be too short to come up to where one reads.
    const below = element.scrollHeight - element.clientHeight;
    const ends = below > 0 && element.scrollTop >= below - 1;
    setCurrent(ends ? pages : pageAt(element.scrollTop + element.clientHeight / 3) + 1);
  };
  const goTo = (page: number) => {
    const wanted = Math.min(Math.max(page, 1), pages);
    place.current = { at: wanted - 1, part: 0 };
    if (scroller.current) scroller.current.scrollTop = startOf(wanted - 1);
    setCurrent(wanted);
  };
  const larger = () => setZoom(within(factor * STEP));
  const smaller = () => setZoom(within(factor / STEP));
  const fit = () => setZoom(null);
  const field = useRef<HTMLInputElement>(null);
  useCommand("preview.larger", larger);
  useCommand("preview.smaller", smaller);
  useCommand("preview.width", fit);
  useCommand("preview.next", () => goTo(current + 1));
  useCommand("preview.previous", () => goTo(current - 1));
  useCommand("preview.goTo", () => {
    field.current?.focus();
    field.current?.select();
  });

  const known = useCallback(
    (page: number, size: Size) =>
      setOdd((before) => {
        const held = before.get(page) ?? first;
        if (held.width === size.width && held.height === size.height) return before;
        return new Map(before).set(page, size);
      }),
    [first],
  );
  const told = useRef(false);
  const onFirstRef = useRef(onFirst);
  onFirstRef.current = onFirst;
  const drawn = useCallback((page: number) => {
    setBegun(true);
    if (page !== 1 || told.current) return;
    told.current = true;
    onFirstRef.current();
  }, []);

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div
        role="toolbar"
        aria-label={t("preview.tools")}
        className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-3 py-1.5"
      >
        <IconButton
          label={t("command.preview.previous")}
          keys="b"
          icon={<ChevronUp size={16} />}
          isDisabled={current <= 1}
          onPress={() => goTo(current - 1)}
        />
        <IconButton
          label={t("command.preview.next")}
          keys="n"
          icon={<ChevronDown size={16} />}
          isDisabled={current >= pages}
          onPress={() => goTo(current + 1)}
        />
        <PageField
          current={current}
          fieldRef={field}
          onGo={(page) => {
            goTo(page);
            scroller.current?.focus({ preventScroll: true });
          }}
        />
        <span className="num text-ink-2">{t("preview.of", { pages })}</span>
        {paper.cut ? <span className="text-warn">{t("preview.cut", { pages })}</span> : null}
        <span className="grow" />
        <IconButton
          label={t("command.preview.smaller")}
          keys="-"
          icon={<ZoomOut size={16} />}
          isDisabled={factor <= SMALLEST}
          onPress={smaller}
        />
        <span role="status" className="num min-w-12 text-center text-ink-2">
          {t("preview.percent", { percent: Math.round(factor * 100) })}
        </span>
        <IconButton
          label={t("command.preview.larger")}
          keys="+"
          icon={<ZoomIn size={16} />}
          isDisabled={factor >= LARGEST}
          onPress={larger}
        />
        <IconButton
          label={t("command.preview.width")}
          keys="0"
          icon={<MoveHorizontal size={16} />}
          isDisabled={zoom === null}
          onPress={fit}
        />
      </div>
      <div
        ref={scroller}
        role="region"
        aria-label={t("preview.pagesOf", { name })}
        tabIndex={0}
        data-region="pages"
        data-region-focus
        onScroll={onScroll}
        className="scroll min-h-0 grow bg-sunken focus-visible:-outline-offset-2"
      >
        <div className="relative" style={{ height: starts.at(-1), minWidth: widest * scale + 2 * GAP }}>
          {virtual.getVirtualItems().map((item) => (
            <Leaf
              key={item.key}
              paper={paper}
              page={item.index + 1}
              size={sizeOf(item.index)}
              scale={scale}
              start={starts[item.index] ?? GAP}
              onSize={known}
              onDrawn={drawn}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** The number of the page one is on; another, and Enter, goes there. */
function PageField(props: {
  current: number;
  fieldRef: RefObject<HTMLInputElement | null>;
  onGo: (page: number) => void;
}) {
  const { t } = useTranslation();
  const { current } = props;
  const [text, setText] = useState(String(current));
  useEffect(() => setText(String(current)), [current]);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const page = Number.parseInt(text, 10);
        if (Number.isNaN(page)) setText(String(current));
        else props.onGo(page);
      }}
    >
      <TextField
        quiet
        className="w-16"
        label={t("preview.page")}
        value={text}
        onChange={setText}
        inputRef={props.fieldRef}
      />
    </form>
  );
}
