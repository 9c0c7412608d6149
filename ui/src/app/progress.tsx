import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { Bar } from "../ds/layout";
import type { Progress } from "../ipc/contract";
import { useAct, useTransport } from "../ipc/queries";

const SHOW_AFTER_MS = 400;

/** What runs now, from 400 ms on. */
export function useProgress(): Progress[] {
  const transport = useTransport();
  const [works, setWorks] = useState<Record<string, { progress: Progress; since: number }>>({});
  const [, tick] = useState(0);

  useEffect(
    () =>
      transport.subscribe((event) => {
        if (event.kind !== "progress") return;
        const { progress } = event;
        setWorks((old) => {
          const { [progress.work]: known, ...rest } = old;
          if (progress.state !== "running") return rest;
          return { ...rest, [progress.work]: { progress, since: known?.since ?? Date.now() } };
        });
        if (progress.state === "running") setTimeout(() => tick((n) => n + 1), SHOW_AFTER_MS + 10);
      }),
    [transport],
  );
  return Object.values(works)
    .filter((work) => Date.now() - work.since >= SHOW_AFTER_MS)
    .map((work) => work.progress);
}

export function ProgressStrip() {
  const works = useProgress();
  if (works.length === 0) return null;
  return (
    <div className="shrink-0 border-b border-line bg-paper px-4 py-1.5">
      {works.map((progress) => (
        <ProgressLine key={progress.work} progress={progress} />
      ))}
    </div>
  );
}

export function ProgressLine({ progress }: { progress: Progress }) {
  const { t } = useTranslation();
  const cancel = useAct("cancelWork");
  const label = t(`work.${progress.kind}`);
  return (
    <div className="flex items-center gap-3 text-xs">
      <span className="shrink-0 font-medium">{label}</span>
      <span className="num min-w-0 truncate text-ink-2">
        {progress.total === null ? progress.step : t("work.of", { done: progress.done, total: progress.total })}
      </span>
      <span className="w-48 shrink-0">
        <Bar done={progress.done} total={progress.total} label={label} />
      </span>
      {progress.total !== null ? (
        <span className="min-w-0 grow truncate text-ink-2">{progress.step}</span>
      ) : (
        <span className="grow" />
      )}
      {progress.cancellable ? (
        <Button look="quiet" onPress={() => cancel.mutate({ work: progress.work })}>
          {t("work.cancel")}
        </Button>
      ) : null}
    </div>
  );
}
