import { Link, useLocation } from "@tanstack/react-router";
import { ArrowRight, History, KeyRound, MessageSquareQuote, PenLine, UserRoundPlus, UsersRound } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useWaiting } from "../dispensations/said";
import type { RecordNews } from "../ipc/contract";

type Place = "/record" | "/spoken" | "/admission" | "/changes";

/** How many things wait behind the word Record. */
export function waitsInRecord(news: RecordNews): number {
  return news.spoken + news.admissions + Number(news.proposal) + Number(news.older_copy);
}

/** What waits for the person who looks, one line each, on every screen but the one that shows it. */
export function News({ news }: { news: RecordNews }) {
  const { t } = useTranslation();
  const path = useLocation({ select: (location) => location.pathname });
  const words = useWaiting();
  const lines: { id: string; to: Place; icon: ReactNode; text: string; act: string }[] = [];
  if (news.older_copy)
    lines.push({
      id: "older",
      to: "/record",
      icon: <History size={14} aria-hidden="true" />,
      text: t("news.olderCopy"),
      act: t("news.olderCopyAct"),
    });
  if (news.joining)
    lines.push({
      id: "joining",
      to: "/admission",
      icon: <KeyRound size={14} aria-hidden="true" />,
      text: t("news.joining"),
      act: t("news.joiningAct"),
    });
  if (news.admissions > 0)
    lines.push({
      id: "admissions",
      to: "/record",
      icon: <UserRoundPlus size={14} aria-hidden="true" />,
      text: t("news.admissions", { count: news.admissions }),
      act: t("news.admissionsAct"),
    });
  if (news.proposal)
    lines.push({
      id: "proposal",
      to: "/record",
      icon: <PenLine size={14} aria-hidden="true" />,
      text: t("news.proposal"),
      act: t("news.proposalAct"),
    });
  if (news.spoken > 0)
    lines.push({
      id: "spoken",
      to: "/spoken",
      icon: <MessageSquareQuote size={14} aria-hidden="true" />,
      text: t("news.spoken", { count: news.spoken }),
      act: t("news.spokenAct"),
    });
  if (words > 0)
    lines.push({
      id: "words",
      to: "/changes",
      icon: <UsersRound size={14} aria-hidden="true" />,
      text: t("news.words", { count: words }),
      act: t("news.wordsAct"),
    });
  const elsewhere = lines.filter((line) => line.to !== path);
  if (elsewhere.length === 0) return null;
  return (
    <aside aria-label={t("news.label")} data-region="news" className="shrink-0 border-b border-line bg-accent-soft">
      <ul>
        {elsewhere.map((line) => (
          <li key={line.id} className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5 px-4 py-1">
            <span className="shrink-0 text-accent">{line.icon}</span>
            <span>{line.text}</span>
            <Link
              to={line.to}
              className="inline-flex min-h-6 items-center gap-1 rounded-sm px-1 font-medium text-accent underline-offset-2 hover:underline"
            >
              {line.act} <ArrowRight size={13} aria-hidden="true" />
            </Link>
          </li>
        ))}
      </ul>
    </aside>
  );
}
