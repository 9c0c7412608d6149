import type { Source } from "./bytes";
import { type Drawer, openDrawer, type Page, type Task } from "./drawer";

/** Of a page, in points: 72 to the inch. */
export interface Size {
  width: number;
  height: number;
}

/** A PDF whose pages can be drawn, numbered from 1. */
export interface Paper {
  readonly pages: number;
  /** Whether it has more pages than are shown. */
  readonly cut: boolean;
  readonly first: Size;
  size(page: number): Promise<Size>;
  /** Draws a page; `scale` is CSS pixels a point. Aborted, it throws. */
  draw(page: number, canvas: HTMLCanvasElement, scale: number, signal: AbortSignal): Promise<void>;
  /** Lays a page's words over it, unseen: they can be chosen, copied and read aloud. */
  write(page: number, layer: HTMLElement, scale: number, signal: AbortSignal): Promise<void>;
  /** Frees what was kept of a page that is no longer in sight. */
  drop(page: number): void;
  /** Frees everything, the bytes as well. */
  close(): void;
}

/** Opens a document by its first page. Aborted before it has, it frees what it took. */
export type OpenPaper = (source: Source, signal: AbortSignal) => Promise<Paper>;

/** More pages than any document of a board; whoever claims a milliard must not make this window lay them out. */
const MOST_PAGES = 10_000;
/** Points of a side at most: what PDF 1.7 allows (ISO 32000-1, annex C). */
const LONGEST_SIDE = 14_400;
/** Pixels of a page at most: a canvas beyond it stays empty in some web views. */
const MOST_PIXELS = 16 << 20;

/** Where the pages of a document come from. */
interface Pages {
  count: number;
  page(number: number): Promise<Page>;
  drop(number: number): void;
}

export const openPaper: OpenPaper = async (source, signal) => {
  const opening = openDrawer();
  const part = await source(1).catch((problem: unknown) => {
    opening.then((opened) => opened.close()).catch(() => undefined);
    throw problem;
  });
  const drawer = await opening;
  // A page may be put away after its document: React takes down what is around first.
  let closed = false;
  const close = () => {
    closed = true;
    drawer.close();
  };
  // Also of a file that is never read to its end.
  signal.addEventListener("abort", close);
  try {
    if (signal.aborted) close();
    signal.throwIfAborted();
    const task = drawer.read(part.bytes);
    const { count, page, drop } =
      part.pages === 0 ? await wholeFile(drawer, task) : apart(drawer, source, part.pages, task);
    const begin = await Promise.race([page(1), drawer.broken]);
    signal.throwIfAborted();
    // Its fonts are read while the window makes room for it.
    begin.getOperatorList().catch(() => undefined);
    const first = measured(begin.getViewport({ scale: 1 }));
    const pages = Math.min(count, MOST_PAGES);
    return {
      pages,
      cut: count > pages,
      first,
      size: async (number) => measured((await page(number)).getViewport({ scale: 1 })),
      draw: async (number, canvas, scale, signal) => {
        const drawn = await page(number);
        signal.throwIfAborted();
        const whole = drawn.getViewport({ scale });
        const sharp = Math.min(window.devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (whole.width * whole.height)));
        const viewport = drawn.getViewport({ scale: scale * sharp });
        canvas.width = Math.max(1, Math.floor(viewport.width));
        canvas.height = Math.max(1, Math.floor(viewport.height));
        const drawing = drawn.render({ canvas, viewport });
        await unless(signal, drawing.promise, () => drawing.cancel());
      },
      write: async (number, layer, scale, signal) => {
        const written = await page(number);
        signal.throwIfAborted();
        layer.style.setProperty("--total-scale-factor", String(scale));
        const textContentSource = written.streamTextContent();
        const viewport = written.getViewport({ scale });
        const words = new drawer.pdf.TextLayer({ textContentSource, container: layer, viewport });
        await unless(signal, words.render(), () => words.cancel());
      },
      drop: (number) => {
        if (!closed) drop(number);
      },
      close,
    };
  } catch (thrown) {
    if (!closed) close();
    throw thrown;
  } finally {
    signal.removeEventListener("abort", close);
  }
};

/** Of a document that is there as a whole. */
async function wholeFile(drawer: Drawer, task: Task): Promise<Pages> {
  const file = await Promise.race([task.promise, drawer.broken]);
  const page = (number: number) => file.getPage(number);
  const drop = (number: number) => {
    page(number).then(
      (kept) => kept.cleanup(),
      () => undefined,
    );
  };
  return { count: file.numPages, page, drop };
}

/** Of a document whose pages come one by one, each when it is wanted, the first being there. */
function apart(drawer: Drawer, source: Source, count: number, first: Task): Pages {
  const alone = async (task: Task) => (await task.promise).getPage(1);
  const held = new Map<number, { task: Promise<Task>; page: Promise<Page> }>();
  const hold = (number: number, task: Promise<Task>) => {
    const page = task.then(alone);
    held.set(number, { task, page });
    // What did not come is asked for again, not remembered.
    page.catch(() => held.delete(number));
    return page;
  };
  const fetched = async (number: number) => {
    const part = await source(number);
    if (part.pages !== count) throw new Error("a page of another document");
    return drawer.read(part.bytes);
  };
  void hold(1, Promise.resolve(first));
  return {
    count,
    page: (number) => held.get(number)?.page ?? hold(number, fetched(number)),
    drop: (number) => {
      held.get(number)?.task.then(drawer.forget, () => undefined);
      held.delete(number);
    },
  };
}

function measured({ width, height }: Size): Size {
  const side = (points: number) => Math.min(Math.max(Number.isFinite(points) ? points : 1, 1), LONGEST_SIDE);
  return { width: side(width), height: side(height) };
}

async function unless(signal: AbortSignal, work: Promise<unknown>, stop: () => void): Promise<void> {
  signal.addEventListener("abort", stop);
  try {
    await work;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
