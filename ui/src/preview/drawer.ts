import type { PDFDocumentLoadingTask, PDFPageProxy, PDFWorker } from "pdfjs-dist";
import workerUrl from "pdfjs-dist/legacy/build/pdf.worker.min.mjs?url";

/** How long documents may take to be put away before their worker is ended, in milliseconds. */
const PATIENCE = 1000;

/**
 * A PDF that somebody brought is drawn and never run: no eval, no forms, no WebAssembly, and nothing is fetched. Its
 * letters are drawn as outlines: no font of a stranger gets to the machine's own fonts, nor is waited for. Of pictures,
 * those are left out that would take more memory than a window may.
 */
const SAFE = {
  disableFontFace: true,
  isEvalSupported: false,
  enableXfa: false,
  useWasm: false,
  useWorkerFetch: false,
  maxImageSize: 64 << 20,
  verbosity: 0,
};

/** The older build: the newest asks more of a web view than WebKitGTK and macOS 13 have. */
const library = () => import("pdfjs-dist/legacy/build/pdf.mjs");

export type Library = Awaited<ReturnType<typeof library>>;

/** Beside the window; `null` where there are no workers. */
interface Bench {
  port: Worker | null;
  worker: PDFWorker | undefined;
}

/** One that runs and draws nothing now: it is quicker than a new one by what it has learned. */
let spare: Bench | null = null;
/** Until what was looked at last is put away: its worker may be the spare one then. */
let closing: Promise<void> = Promise.resolve();

function begin(pdf: Library): Bench {
  if (typeof Worker === "undefined") return { port: null, worker: undefined };
  const port = new Worker(workerUrl, { type: "module", name: "pages" });
  // What the library says of its own types leaves out the port that its parameters have.
  return { port, worker: new pdf.PDFWorker({ port } as unknown as { port?: null }) };
}

function end({ port, worker }: Bench): void {
  worker?.destroy();
  port?.terminate();
}

/** Loads what draws pages before somebody asks for one, so that the first is there at once. */
export function warm(): void {
  if (typeof Worker === "undefined" || spare !== null) return;
  // What did not start is tried again, and said, when somebody asks for pages.
  const prepare = async () => {
    const pdf = await library();
    if (spare !== null) return;
    const made = begin(pdf);
    spare = made;
    if (made.port) {
      made.port.onerror = () => {
        if (spare === made) spare = null;
      };
    }
  };
  prepare().catch(() => undefined);
}

/** A PDF that is being read. */
export type Task = PDFDocumentLoadingTask;
export type Page = PDFPageProxy;

/** Reads the PDFs of one document, for as long as it is looked at. */
export interface Drawer {
  pdf: Library;
  /** Fails when nothing can be read by it any more. */
  broken: Promise<never>;
  read(bytes: Uint8Array): Task;
  /** Frees what was read, and the bytes with it. */
  forget(task: Task): void;
  /** Frees everything. */
  close(): void;
}

export async function openDrawer(): Promise<Drawer> {
  const [pdf] = await Promise.all([library(), closing]);
  const bench = spare ?? begin(pdf);
  spare = null;
  const { port, worker } = bench;
  const tasks = new Set<Task>();
  // Until it is gone it may still keep the worker busy.
  const away = async (task: Task) => {
    await task.destroy().catch(() => undefined);
    tasks.delete(task);
  };
  let broke = false;
  const broken = new Promise<never>((_, reject) => {
    if (port) {
      port.onerror = () => {
        broke = true;
        reject(new Error("what draws pages did not start"));
      };
    }
  });
  broken.catch(() => undefined);
  return {
    pdf,
    broken,
    read: (data) => {
      const task = pdf.getDocument({ ...SAFE, data, ...(worker ? { worker } : {}) });
      tasks.add(task);
      return task;
    },
    forget: (task) => void away(task),
    close: () => {
      const all = Promise.all([...tasks].map(away)).then(() => true);
      const late = new Promise<boolean>((done) => setTimeout(() => done(false), PATIENCE));
      // Whoever still works on a page that was thought up to take for ever does not answer.
      closing = Promise.race([all, late]).then((answered) => {
        if (answered && spare === null && port !== null && !broke) spare = bench;
        else end(bench);
      });
    },
  };
}
