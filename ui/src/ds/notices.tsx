import { CircleCheck, Info, OctagonX, X } from "lucide-react";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BoardError, Refusal } from "../ipc/contract";
import { IconButton } from "./button";
import { RefusalBody } from "./refusal";

type Notice =
  | { id: number; kind: "done"; text: string; at: number }
  | { id: number; kind: "refused"; refusal: Refusal }
  | { id: number; kind: "failed"; error: Exclude<BoardError, { kind: "refused" }> };

interface Notices {
  /** Says in one line that something was done; goes away by itself. */
  say: (text: string) => void;
  /** Shows a refusal or failure until it is dismissed. */
  report: (error: BoardError) => void;
  dismissAll: () => boolean;
}

const NoticesContext = createContext<Notices | null>(null);

export function useNotices(): Notices {
  const notices = useContext(NoticesContext);
  if (!notices) throw new Error("useNotices outside NoticesProvider");
  return notices;
}

const SAY_MS = 5000;
/** Long enough to be read in passing; after it the next key makes room for what that key opens. */
const READ_MS = 1200;

export function NoticesProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [list, setList] = useState<Notice[]>([]);
  const next = useRef(1);
  const listRef = useRef(list);
  listRef.current = list;

  const dismiss = useCallback((id: number) => setList((old) => old.filter((n) => n.id !== id)), []);

  useEffect(() => {
    const makeRoom = () => {
      const seen = (n: Notice) => n.kind === "done" && Date.now() - n.at > READ_MS;
      setList((old) => (old.some(seen) ? old.filter((n) => !seen(n)) : old));
    };
    window.addEventListener("keydown", makeRoom, true);
    return () => window.removeEventListener("keydown", makeRoom, true);
  }, []);

  const notices = useMemo<Notices>(
    () => ({
      say: (text) => {
        const id = next.current++;
        setList((old) => [...old.filter((n) => n.kind !== "done"), { id, kind: "done", text, at: Date.now() }]);
        setTimeout(() => dismiss(id), SAY_MS);
      },
      report: (error) => {
        if (error.kind === "cancelled") return;
        const id = next.current++;
        const notice: Notice =
          error.kind === "refused" ? { id, kind: "refused", refusal: error.detail } : { id, kind: "failed", error };
        // One refusal at a time: the newest is the one being read.
        setList((old) => [...old.filter((n) => n.kind === "done"), notice]);
      },
      dismissAll: () => {
        const had = listRef.current.length > 0;
        if (had) setList([]);
        return had;
      },
    }),
    [dismiss],
  );

  return (
    <NoticesContext value={notices}>
      {children}
      <section
        aria-label={t("notice.region")}
        data-region="notices"
        className="pointer-events-none fixed right-4 bottom-20 z-50 flex w-[26rem] max-w-[calc(100vw-2rem)] flex-col gap-2"
      >
        <div role="status" aria-live="polite" className="contents">
          {list
            .filter((n) => n.kind === "done")
            .map((n) => (
              <NoticeCard key={n.id} tone="good" icon={<CircleCheck size={18} />} onDismiss={() => dismiss(n.id)}>
                <p>{n.kind === "done" ? n.text : null}</p>
              </NoticeCard>
            ))}
        </div>
        <div role="alert" className="contents">
          {list.map((n) =>
            n.kind === "refused" ? (
              <NoticeCard key={n.id} tone="bad" icon={<OctagonX size={18} />} onDismiss={() => dismiss(n.id)}>
                <RefusalBody refusal={n.refusal} />
              </NoticeCard>
            ) : n.kind === "failed" ? (
              <NoticeCard key={n.id} tone="warn" icon={<Info size={18} />} onDismiss={() => dismiss(n.id)}>
                <FailureBody error={n.error} />
              </NoticeCard>
            ) : null,
          )}
        </div>
      </section>
    </NoticesContext>
  );
}

const TONE = { good: "border-good text-good", bad: "border-bad text-bad", warn: "border-warn text-warn" };

function NoticeCard(props: { tone: keyof typeof TONE; icon: ReactNode; onDismiss: () => void; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div
      className={`pointer-events-auto flex gap-3 rounded-lg border bg-paper py-3 pr-2 pl-3 ${TONE[props.tone]} border-l-4`}
    >
      <span className="mt-px shrink-0">{props.icon}</span>
      <div className="min-w-0 grow self-center text-ink">{props.children}</div>
      <IconButton label={t("notice.dismiss")} onPress={props.onDismiss} icon={<X size={16} />} />
    </div>
  );
}

/** What went wrong and what to do, for everything that is not a refusal. */
export function FailureBody({ error }: { error: Exclude<BoardError, { kind: "refused" }> }) {
  const { t } = useTranslation();
  switch (error.kind) {
    case "not_found":
      return <p>{t("error.notFound", { what: error.detail.what, id: error.detail.id })}</p>;
    case "invalid":
      return <p>{t("error.invalid", { field: error.detail.field, why: error.detail.why })}</p>;
    case "ticketing":
      return (
        <>
          <p className="font-medium">{error.detail.problem}</p>
          <p className="mt-1 text-ink-2">{error.detail.remedy}</p>
        </>
      );
    case "vault":
      return (
        <>
          <p className="font-medium">{error.detail.message}</p>
          <p className="mt-1 text-ink-2">{error.detail.remedy}</p>
        </>
      );
    case "verification":
      return <p>{t("error.verification", error.detail)}</p>;
    case "cancelled":
      return <p>{t("error.cancelled")}</p>;
    case "internal":
      return (
        <>
          <p className="font-medium">{t("error.internal")}</p>
          <p className="mt-1 text-ink-2">{t("error.incident", { incident: error.detail.incident })}</p>
        </>
      );
  }
}
