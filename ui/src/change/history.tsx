import { BookOpenCheck, Ticket } from "lucide-react";
import { useTranslation } from "react-i18next";
import { BlockText } from "../ds/text";
import { moment } from "../ds/time";
import type { HistoryEntry } from "../ipc/contract";

export function History({ entries }: { entries: HistoryEntry[] }) {
  const { t } = useTranslation();
  if (entries.length === 0) return <p className="text-ink-2">{t("history.empty")}</p>;
  return (
    <ol className="flex max-w-[56rem] flex-col">
      {entries.map((entry) => {
        const Icon = entry.source === "record" ? BookOpenCheck : Ticket;
        return (
          <li
            key={`${entry.at}${entry.what}`}
            className="grid grid-cols-[9.5rem_1rem_1fr] gap-3 border-b border-line py-2.5"
          >
            <time dateTime={entry.at} className="num text-ink-2">
              {moment(entry.at)}
            </time>
            <Icon
              size={14}
              className={`mt-0.5 ${entry.source === "record" ? "text-accent" : "text-ink-2"}`}
              aria-label={t(`history.${entry.source}`)}
            />
            <div>
              <p>
                <span className="font-medium">{entry.who}</span> {entry.what}
              </p>
              {entry.detail.length > 0 ? (
                <BlockText blocks={entry.detail} className="mt-1.5 text-sm leading-5.5 text-ink-2" />
              ) : null}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
