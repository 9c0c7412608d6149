import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Paper, Size } from "./paper";

/** One page, drawn when it comes into sight and given up when it leaves: paper stays white whatever surrounds it. */
export function Leaf(props: {
  paper: Paper;
  page: number;
  /** As far as it is known yet. */
  size: Size;
  /** CSS pixels a point. */
  scale: number;
  /** CSS pixels from the top of all pages. */
  start: number;
  onSize: (page: number, size: Size) => void;
  onDrawn: (page: number) => void;
}) {
  const { paper, page, size, scale, start, onSize, onDrawn } = props;
  const { t } = useTranslation();
  const sheet = useRef<HTMLDivElement>(null);
  const words = useRef<HTMLDivElement>(null);
  const [stands, setStands] = useState<"waits" | "drawn" | "failed">("waits");

  useEffect(() => () => paper.drop(page), [paper, page]);
  useEffect(() => {
    const away = new AbortController();
    const { signal } = away;
    // Drawn aside: what was there stays in sight until the new one is ready.
    const canvas = document.createElement("canvas");
    canvas.className = "block size-full";
    const draw = async () => {
      onSize(page, await paper.size(page));
      signal.throwIfAborted();
      await paper.draw(page, canvas, scale, signal);
      signal.throwIfAborted();
      free(sheet.current);
      sheet.current?.replaceChildren(canvas);
      setStands("drawn");
      onDrawn(page);
      const layer = words.current;
      if (!layer) return;
      layer.replaceChildren();
      await paper.write(page, layer, scale, signal);
    };
    draw().catch(() => {
      // Words that cannot be laid over a page take nothing from what was drawn.
      if (!signal.aborted) setStands((before) => (before === "drawn" ? before : "failed"));
    });
    return () => {
      away.abort();
      if (!canvas.isConnected) canvas.width = 0;
    };
  }, [paper, page, scale, onSize, onDrawn]);

  return (
    <div
      role="group"
      aria-label={t("preview.pageOf", { page, pages: paper.pages })}
      aria-busy={stands === "waits"}
      data-page={page}
      data-drawn={stands === "drawn" || undefined}
      style={{ width: size.width * scale, height: size.height * scale, transform: `translate(-50%, ${start}px)` }}
      className="absolute top-0 left-1/2 bg-white outline outline-line"
    >
      <div ref={sheet} aria-hidden="true" className="absolute inset-0" />
      <div ref={words} className="page-words" />
      {stands === "failed" ? (
        <p className="absolute inset-x-0 top-1/3 bg-paper px-4 py-3 text-center text-ink">{t("preview.pageFailed")}</p>
      ) : null}
    </div>
  );
}

/** WebKit keeps the pixels of a canvas that is gone for a while. */
function free(sheet: HTMLElement | null): void {
  for (const old of sheet?.querySelectorAll("canvas") ?? []) old.width = 0;
}
