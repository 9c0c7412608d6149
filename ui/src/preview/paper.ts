import workerUrl from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";

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

/** Makes pages of a PDF's bytes, which are gone afterwards. Aborted before it has, it frees what it took. */
export type OpenPaper = (bytes: Uint8Array, signal: AbortSignal) => Promise<Paper>;

/** More pages than any document of a board; whoever claims a milliard must not make this window lay them out. */
const MOST_PAGES = 10_000;
/** Points of a side at most: what PDF 1.7 allows (ISO 32000-1, annex C). */
const LONGEST_SIDE = 14_400;
/** Pixels of a page at most: a canvas beyond it stays empty in some web views. */
const MOST_PIXELS = 16 << 20;
/** How long a document may take to be put away before its worker is ended, in milliseconds. */
const PATIENCE = 1000;

/**
 * A PDF that somebody brought is drawn and never run: no eval, no forms, no WebAssembly, and nothing is fetched. Of
 * pictures, those are left out that would take more memory than a window may.
 */
const SAFE = {
  isEvalSupported: false,
  enableXfa: false,
  useWasm: false,
  useWorkerFetch: false,
  maxImageSize: 64 << 20,
  verbosity: 0,
};

/** The older build: the newest asks more of a web view than WebKitGTK and macOS 13 have. */
const library = () => import("pdfjs-dist/legacy/build/pdf.mjs");

let spare: Worker | null = null;

function begin(): Worker | null {
  return typeof Worker === "undefined" ? null : new Worker(workerUrl, { type: "module", name: "pages" });
}

/** Loads what draws pages before somebody asks for one, so that the first is there at once. */
export function warm(): void {
  if (typeof Worker === "undefined" || spare !== null) return;
  const made = begin();
  spare = made;
  // What did not start is tried again, and said, when somebody asks for pages.
  if (made) {
    made.onerror = () => {
      if (spare === made) spare = null;
    };
  }
  library().catch(() => undefined);
}

export const openPaper: OpenPaper = async (bytes, signal) => {
  const pdf = await library();
  signal.throwIfAborted();
  const port = spare ?? begin();
  spare = null;
  // What the library says of its own types leaves out the port that its parameters have.
  const worker = port === null ? undefined : new pdf.PDFWorker({ port } as unknown as { port?: null });
  const task = pdf.getDocument({ ...SAFE, data: bytes, ...(worker ? { worker } : {}) });
  // A page may be put away after its document: React takes down what is around first.
  let closed = false;
  const close = () => {
    closed = true;
    const late = new Promise((done) => setTimeout(done, PATIENCE));
    const away = task.destroy().catch(() => undefined);
    void Promise.race([away, late]).then(() => {
      worker?.destroy();
      port?.terminate();
    });
  };
  const broken = new Promise<never>((_, reject) => {
    if (port) port.onerror = () => reject(new Error("what draws pages did not start"));
  });
  // Also of a file that is never read to its end.
  signal.addEventListener("abort", close);
  try {
    const file = await Promise.race([task.promise, broken]);
    const first = measured((await file.getPage(1)).getViewport({ scale: 1 }));
    signal.throwIfAborted();
    const pages = Math.min(file.numPages, MOST_PAGES);
    return {
      pages,
      cut: file.numPages > pages,
      first,
      size: async (page) => measured((await file.getPage(page)).getViewport({ scale: 1 })),
      draw: async (number, canvas, scale, signal) => {
        const page = await file.getPage(number);
        signal.throwIfAborted();
        const whole = page.getViewport({ scale });
        const sharp = Math.min(window.devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (whole.width * whole.height)));
        const viewport = page.getViewport({ scale: scale * sharp });
        canvas.width = Math.max(1, Math.floor(viewport.width));
        canvas.height = Math.max(1, Math.floor(viewport.height));
        const drawing = page.render({ canvas, viewport });
        await unless(signal, drawing.promise, () => drawing.cancel());
      },
      write: async (number, layer, scale, signal) => {
        const page = await file.getPage(number);
        signal.throwIfAborted();
        layer.style.setProperty("--total-scale-factor", String(scale));
        const textContentSource = page.streamTextContent();
        const words = new pdf.TextLayer({ textContentSource, container: layer, viewport: page.getViewport({ scale }) });
        await unless(signal, words.render(), () => words.cancel());
      },
      drop: (page) => {
        if (closed) return;
        file.getPage(page).then(
          (kept) => kept.cleanup(),
          () => undefined,
        );
      },
      close,
    };
  } catch (thrown) {
    if (!signal.aborted) close();
    throw thrown;
  } finally {
    signal.removeEventListener("abort", close);
  }
};

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
