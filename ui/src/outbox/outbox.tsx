import { useNavigate } from "@tanstack/react-router";
import { Ban, CircleCheck, CircleHelp, CircleX, Clock3, Send } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { EmptyState, Facts, Failed, Reading, Section } from "../ds/layout";
import { Key } from "../ds/marks";
import { DiffText } from "../ds/text";
import { moment } from "../ds/time";
import type { OutboxRow, OutboxState } from "../ipc/contract";
import { useAct, useShow, useView } from "../ipc/queries";

const STATE: Record<OutboxState, { icon: typeof Send; ink: string }> = {
  queued: { icon: Clock3, ink: "text-ink-2" },
  sending: { icon: Send, ink: "text-accent" },
  unknown: { icon: CircleHelp, ink: "text-warn" },
  verified: { icon: CircleCheck, ink: "text-good" },
  failed: { icon: CircleX, ink: "text-bad" },
  blocked: { icon: Ban, ink: "text-bad" },
};

function StateMark({ state }: { state: OutboxState }) {
  const { t } = useTranslation();
  const { icon: Icon, ink } = STATE[state];
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium ${ink}`}>
      <Icon size={14} aria-hidden="true" /> {t(`outbox.state.${state}`)}
    </span>
  );
}

/** What goes back to the tickets: each once, previewed, and read back before it counts as done. */
export function Outbox() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const show = useShow();
  const view = useView("outbox");
  const [cursor, setCursor] = useState(0);
  const retry = useAct("retryOutbox", { onDone: (next) => show("outbox", undefined, next) });
  const rows = view.data?.rows ?? [];
  const at = Math.min(cursor, Math.max(0, rows.length - 1));
  const row = rows[at];
  useCommand("outbox.next", () => setCursor(Math.min(rows.length - 1, at + 1)));
  useCommand("outbox.previous", () => setCursor(Math.max(0, at - 1)));
  useCommand("outbox.retry", row?.can_retry ? () => retry.mutate({ id: row.id }) : null);
  useCommand("outbox.open", row ? () => navigate({ to: "/changes/$change", params: { change: row.change_id } }) : null);

  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  if (rows.length === 0)
    return (
      <EmptyState
        whole
        title={t("outbox.empty")}
        action={
          <Button keys="g m" onPress={() => navigate({ to: "/meetings" })}>
            {t("outbox.toMeetings")}
          </Button>
        }
      >
        {t("outbox.emptyHint")}
      </EmptyState>
    );
  return (
    <div className="flex h-full">
      <section
        data-region="list"
        aria-label={t("nav.outbox")}
        className="flex w-[26rem] max-w-[40vw] shrink-0 flex-col border-r border-line"
      >
        <h1 className="shrink-0 border-b border-line px-6 py-3 font-semibold">{t("nav.outbox")}</h1>
        <ul className="scroll min-h-0 grow">
          {rows.map((one, index) => (
            <li key={one.id}>
              <button
                type="button"
                aria-current={index === at ? "true" : undefined}
                onClick={() => setCursor(index)}
                className={`flex w-full flex-col gap-1 border-b border-l-2 border-b-line py-2.5 pr-4 pl-5.5 text-left ${index === at ? "border-l-accent bg-accent-soft" : "border-l-transparent hover:bg-sunken"}`}
              >
                <span className="flex w-full items-baseline gap-2">
                  <Key id={one.key} className="shrink-0 text-ink-2" />
                  <span className="min-w-0 truncate font-medium">{one.title}</span>
                </span>
                <span className="flex items-center gap-3 text-xs">
                  <StateMark state={one.state} />
                  <span className="truncate text-ink-2">{one.what}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      {row ? <Detail row={row} onRetry={() => retry.mutate({ id: row.id })} busy={retry.isPending} /> : null}
    </div>
  );
}

function Detail({ row, onRetry, busy }: { row: OutboxRow; onRetry: () => void; busy: boolean }) {
  const { t } = useTranslation();
  return (
    <article data-region="detail" tabIndex={0} className="scroll min-w-0 grow px-10 py-7 outline-none">
      <div className="flex max-w-[48rem] flex-col gap-7">
        <header>
          <p>
            <Key id={row.key} className="text-ink-2" />
          </p>
          <h2 className="mt-0.5 text-xl font-semibold tracking-tight">{row.title}</h2>
          <p className="mt-2 flex items-center gap-4">
            <StateMark state={row.state} />
            <span className="text-ink-2">{t(`outbox.explain.${row.state}`)}</span>
          </p>
        </header>
        {row.problem ? (
          <div className="flex items-start gap-4 border-l-2 border-bad pl-4">
            <div className="grow">
              <p className="font-medium">{row.problem}</p>
              {row.remedy ? <p className="mt-0.5 text-ink-2">{row.remedy}</p> : null}
            </div>
            {row.can_retry ? (
              <Button look="primary" keys="r" isPending={busy} onPress={onRetry}>
                {t("outbox.retry")}
              </Button>
            ) : null}
          </div>
        ) : null}
        {row.differences.length > 0 ? (
          <Section title={t("outbox.conflict")}>
            <div className="flex flex-col gap-3">
              {row.differences.map((difference) => (
                <div key={difference.field}>
                  <p className="mb-1">{difference.label}</p>
                  <DiffText lines={difference.lines} />
                </div>
              ))}
            </div>
          </Section>
        ) : null}
        <Section title={t(row.state === "verified" ? "outbox.written" : "outbox.willWrite")}>
          <table className="w-full border-collapse">
            <thead className="text-xs text-ink-2">
              <tr className="border-b border-line">
                <th scope="col" className="w-40 py-1.5 text-left font-normal">
                  {t("outbox.field")}
                </th>
                <th scope="col" className="w-44 py-1.5 text-left font-normal">
                  {t("outbox.before")}
                </th>
                <th scope="col" className="py-1.5 text-left font-normal">
                  {t("outbox.after")}
                </th>
              </tr>
            </thead>
            <tbody>
              {row.preview.map((line) => (
                <tr key={line.field} className="border-b border-line align-top">
                  <th scope="row" className="py-2 pr-4 text-left font-normal text-ink-2">
                    {line.field}
                  </th>
                  <td className="py-2 pr-4 text-ink-2">{line.before ?? "–"}</td>
                  <td className="measure py-2 whitespace-pre-wrap">{line.after}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
        <Facts
          className="text-xs"
          facts={[
            [t("outbox.created"), moment(row.created_at)],
            [t("outbox.attempts"), String(row.attempts)],
            ...(row.last_tried_at ? ([[t("outbox.lastTried"), moment(row.last_tried_at)]] as [string, string][]) : []),
            ...(row.next_try_at ? ([[t("outbox.nextTry"), moment(row.next_try_at)]] as [string, string][]) : []),
          ]}
        />
      </div>
    </article>
  );
}
