import { CloudOff } from "lucide-react";
import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Fact } from "../ipc/contract";
import { asBoardError } from "../ipc/errors";
import { Button } from "./button";
import { FailureBody } from "./notices";
import { RefusalBody } from "./refusal";

/** An empty screen says what belongs here and offers the one next step. */
export function EmptyState(props: { title: string; children?: ReactNode; action?: ReactNode; whole?: boolean }) {
  const Heading = props.whole ? "h1" : "h2";
  return (
    <div className="flex h-full flex-col items-center justify-center gap-2 px-6 py-16 text-center">
      <Heading className="text-lg font-semibold">{props.title}</Heading>
      <div className="measure max-w-[46ch] text-ink-2">{props.children}</div>
      {props.action ? <div className="mt-3 flex gap-2">{props.action}</div> : null}
    </div>
  );
}

/** Shown from 400 ms on: anything faster needs no word. */
export function Reading() {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 400);
    return () => clearTimeout(timer);
  }, []);
  return shown ? <p className="p-6 text-ink-2">{t("common.loading")}</p> : null;
}

export function Failed({ thrown, onRetry }: { thrown: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const error = asBoardError(thrown);
  return (
    <div className="flex h-full flex-col items-center justify-center gap-3 p-8" role="alert">
      <CloudOff size={22} className="text-ink-3" aria-hidden="true" />
      <h2 className="font-semibold">{t("error.title")}</h2>
      <div className="measure max-w-[46ch] text-center text-ink-2">
        {error.kind === "refused" ? <RefusalBody refusal={error.detail} /> : <FailureBody error={error} />}
      </div>
      {onRetry ? <Button onPress={onRetry}>{t("common.retry")}</Button> : null}
    </div>
  );
}

/** Label and value pairs, as on a form. */
export function Facts({
  facts,
  narrow = false,
  className = "",
}: {
  facts: (Fact | [string, ReactNode])[];
  narrow?: boolean;
  className?: string;
}) {
  return (
    <dl
      className={`grid ${narrow ? "grid-cols-[5.5rem_1fr]" : "grid-cols-[minmax(7rem,auto)_1fr]"} gap-x-4 gap-y-1.5 ${className}`}
    >
      {facts.map((fact) => {
        const [label, value] = Array.isArray(fact) ? fact : [fact.label, fact.value];
        return (
          <div key={label} className="contents">
            <dt className="text-ink-2">{label}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        );
      })}
    </dl>
  );
}

export function Section(props: { title: string; aside?: ReactNode; children: ReactNode; className?: string }) {
  return (
    <section className={props.className}>
      <header className="mb-2 flex items-baseline justify-between gap-3">
        <h2 className="text-sm font-semibold">{props.title}</h2>
        {props.aside ? <div className="text-xs text-ink-2">{props.aside}</div> : null}
      </header>
      {props.children}
    </section>
  );
}

export function Bar({ done, total, label }: { done: number; total: number | null; label: string }) {
  const share = total && total > 0 ? Math.min(100, Math.round((done / total) * 100)) : null;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share ?? undefined}
      className="h-1.5 w-full overflow-hidden rounded-full bg-line"
    >
      <div className="h-full rounded-full bg-accent" style={{ width: `${share ?? 15}%` }} />
    </div>
  );
}
