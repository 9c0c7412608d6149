import { FileX } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { Failed, Reading } from "../ds/layout";
import { CommandError } from "../ipc/errors";
import type { Source } from "./bytes";
import { type OpenPaper, openPaper, type Paper } from "./paper";
import { take } from "./ready";
import { Sheets } from "./sheets";

/** What the browser calls the time from asking for a document to its first page. */
const FIRST_PAGE = "preview-first-page";

/**
 * A PDF page by page, as it is: it fills the place it is given. `read` brings its pages and must stay the same function
 * while the document is the same; what it brought is freed when the preview goes away. `prepared` is the key under which
 * the document may have been opened already.
 */
export function Preview(props: { name: string; read: Source; prepared?: string | null; open?: OpenPaper }) {
  const { name, read, prepared = null, open = openPaper } = props;
  const { t } = useTranslation();
  const [paper, setPaper] = useState<Paper | null>(null);
  const [thrown, setThrown] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt reads anew; what was prepared is taken once
  useEffect(() => {
    const away = new AbortController();
    const { signal } = away;
    let opened: Paper | null = null;
    setPaper(null);
    setThrown(null);
    setAsked(performance.now());
    const work = async () => {
      const ready = prepared === null ? null : take(prepared);
      const made = await (ready?.catch(() => open(read, signal)) ?? open(read, signal));
      if (signal.aborted) {
        made.close();
        return;
      }
      opened = made;
      setPaper(made);
    };
    work().catch((problem: unknown) => {
      if (!signal.aborted) setThrown(problem);
    });
    return () => {
      away.abort();
      opened?.close();
    };
  }, [read, open, attempt]);

  const again = () => setAttempt((before) => before + 1);
  if (thrown instanceof CommandError) return <Failed thrown={thrown} onRetry={again} />;
  if (thrown !== null) {
    return (
      <div role="alert" className="flex h-full flex-col items-center justify-center gap-3 p-8 text-center">
        <FileX size={22} className="text-ink-3" aria-hidden="true" />
        <p className="font-semibold">{t("preview.unreadable", { name })}</p>
        <p className="measure max-w-[46ch] text-ink-2">{t("preview.unreadableRemedy")}</p>
        <Button onPress={again}>{t("common.retry")}</Button>
      </div>
    );
  }
  if (paper === null) return <Reading />;
  const seen = () => performance.measure?.(FIRST_PAGE, { start: asked, end: performance.now() });
  return <Sheets key={asked} name={name} paper={paper} onFirst={seen} />;
}
