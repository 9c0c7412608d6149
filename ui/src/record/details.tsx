import { CircleCheck, CircleMinus, OctagonX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Facts, Section } from "../ds/layout";
import { SixWords } from "../ds/six-words";
import { moment, shortDigest } from "../ds/time";
import type { ForkRow, HeldParcel, LogRow, RecordView } from "../ipc/contract";

/** What only an auditor asks for. */
export function Details({ view }: { view: RecordView }) {
  const { t } = useTranslation();
  const { details } = view;
  return (
    <div className="flex max-w-[60rem] flex-col gap-8">
      <Section title={t("record.root")}>
        <p className="font-mono text-xs break-all">{details.roster_root}</p>
        <p className="measure mt-1 text-xs text-ink-2">{t("record.rootHint")}</p>
        <div className="mt-3">
          <p className="mb-1.5 text-ink-2">{t("record.rootWords")}</p>
          <SixWords words={details.roster_words} size="small" />
        </div>
        <Facts
          className="num mt-5 max-w-[36rem]"
          facts={[
            [t("record.version"), String(details.roster_version)],
            [t("record.rootHolders"), details.root_holders.join(", ")],
            [t("record.threshold"), String(details.threshold)],
            [t("record.entries"), String(details.entries)],
          ]}
        />
      </Section>
      <Section title={t("record.problems")}>
        {details.problems.length === 0 ? (
          <p className="flex items-center gap-2 text-good">
            <CircleCheck size={15} aria-hidden="true" /> {t("record.noProblems")}
          </p>
        ) : (
          <ul className="flex flex-col gap-1.5">
            {details.problems.map((line) => (
              <li key={line} className="flex items-start gap-2">
                <OctagonX size={15} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
                <span className="min-w-0 break-words">{line}</span>
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section title={t("record.logs")}>
        <Logs logs={details.logs} />
      </Section>
      <Section title={t("record.forks")}>
        {details.forks.length === 0 ? (
          <p className="text-ink-2">{t("record.noForks")}</p>
        ) : (
          <ul className="flex flex-col gap-4">
            {details.forks.map((fork) => (
              <Fork key={`${fork.key}:${fork.epoch}:${fork.seq}`} fork={fork} />
            ))}
          </ul>
        )}
      </Section>
      {view.last_exchange && view.last_exchange.told.length > 0 ? (
        <Section title={t("record.toldTitle")}>
          <ul className="flex flex-col gap-1.5">
            {view.last_exchange.told.map((line) => (
              <li key={line} className="flex items-start gap-2">
                <OctagonX size={15} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
                <span className="min-w-0 break-words">{line}</span>
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      <Section title={t("record.quarantine")}>
        {view.held.length === 0 ? (
          <p className="text-ink-2">{t("record.noQuarantine")}</p>
        ) : (
          <ul>
            {view.held.map((parcel) => (
              <Parcel key={parcel.digest} parcel={parcel} />
            ))}
          </ul>
        )}
      </Section>
    </div>
  );
}

function Logs({ logs }: { logs: LogRow[] }) {
  const { t } = useTranslation();
  return (
    <table className="w-full border-collapse">
      <thead className="text-xs text-ink-2">
        <tr className="border-b border-line">
          <th scope="col" className="py-1.5 pr-4 text-left font-normal">
            {t("record.log.owner")}
          </th>
          <th scope="col" className="py-1.5 pr-4 text-left font-normal">
            {t("record.log.key")}
          </th>
          <th scope="col" className="py-1.5 pr-6 text-right font-normal">
            {t("record.log.length")}
          </th>
          <th scope="col" className="py-1.5 text-left font-normal">
            {t("record.log.head")}
          </th>
        </tr>
      </thead>
      <tbody>
        {logs.map((log) => (
          <tr key={`${log.key}:${log.epoch}`} className="border-b border-line">
            <th scope="row" className="py-1.5 pr-4 text-left font-normal">
              {log.recording ? t("record.logRecording", { name: log.owner }) : log.owner}
              {log.given_up ? (
                <span className="ml-2 inline-flex items-center gap-1 text-xs text-warn">
                  <CircleMinus size={12} aria-hidden="true" /> {t("record.givenUp")}
                </span>
              ) : null}
            </th>
            <td className="py-1.5 pr-4 font-mono text-xs">
              {shortDigest(log.key)}:{log.epoch}
            </td>
            <td className="num py-1.5 pr-6 text-right">{log.length}</td>
            <td className="py-1.5 font-mono text-xs">{shortDigest(log.head)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Fork({ fork }: { fork: ForkRow }) {
  const { t } = useTranslation();
  return (
    <li>
      <p className="num font-medium">
        {t("record.forkAt", { name: fork.owner, key: shortDigest(fork.key), epoch: fork.epoch, seq: fork.seq })}
        {fork.settled ? <span className="ml-2 text-xs text-ink-2">{t("record.settled")}</span> : null}
      </p>
      <ul className="mt-1 border-l border-line pl-4">
        {fork.entries.map((entry) => (
          <li key={entry.id} className="grid grid-cols-[11rem_1fr_auto] items-baseline gap-x-4 py-1">
            <span className="font-mono text-xs">{shortDigest(entry.id)}</span>
            <span className="min-w-0">{entry.meaning}</span>
            <span className={`text-xs ${entry.counts ? "text-good" : "text-ink-2"}`}>
              {t(entry.counts ? "record.counts" : "record.countsNot")}
            </span>
          </li>
        ))}
      </ul>
    </li>
  );
}

function Parcel({ parcel }: { parcel: HeldParcel }) {
  return (
    <li className="grid grid-cols-[11rem_1fr_auto] items-baseline gap-x-4 border-b border-line py-1.5">
      <span className="font-mono text-xs">{shortDigest(parcel.digest)}</span>
      <span className="min-w-0 break-words">
        {parcel.why} <span className="font-mono text-xs text-ink-2">{parcel.code}</span>
      </span>
      <span className="num text-xs text-ink-2">{moment(parcel.came)}</span>
    </li>
  );
}
