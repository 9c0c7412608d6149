import { useNavigate } from "@tanstack/react-router";
import { CalendarClock, CircleCheck, FilePen, Lock, Radio } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Chase } from "../chase/chase";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { EmptyState, Failed, Reading } from "../ds/layout";
import { clock, shortDay } from "../ds/time";
import type { MeetingHead, MeetingState } from "../ipc/contract";
import { useView } from "../ipc/queries";
import { ExtractsByList } from "./extracts";
import { NewMeeting } from "./new-meeting";

const STATE: Record<MeetingState, { icon: typeof Radio; ink: string }> = {
  draft: { icon: FilePen, ink: "text-ink-2" },
  in_session: { icon: Radio, ink: "text-accent font-medium" },
  closed: { icon: CircleCheck, ink: "text-ink-2" },
  sealed: { icon: Lock, ink: "text-good" },
};

export function Meetings() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const view = useView("listMeetings");
  const [cursor, setCursor] = useState(0);
  const [creating, setCreating] = useState(false);
  const [extracting, setExtracting] = useState(false);
  const meetings = view.data ?? [];
  const at = Math.min(cursor, Math.max(0, meetings.length - 1));

  const open = (meeting: MeetingHead | undefined) => {
    if (!meeting) return;
    const params = { meeting: meeting.id };
    if (meeting.state === "draft") void navigate({ to: "/meetings/$meeting/agenda", params });
    else if (meeting.state === "in_session") void navigate({ to: "/meetings/$meeting", params });
    else void navigate({ to: "/meetings/$meeting/wrap-up", params });
  };
  useCommand("meetings.next", () => setCursor(Math.min(meetings.length - 1, at + 1)));
  useCommand("meetings.previous", () => setCursor(Math.max(0, at - 1)));
  useCommand("meetings.open", meetings.length > 0 ? () => open(meetings[at]) : null);
  useCommand("meetings.create", () => setCreating(true));
  useCommand("meetings.extracts", () => setExtracting(true));

  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-12 shrink-0 items-center justify-between border-b border-line px-6">
        <h1 className="font-semibold">{t("nav.meetings")}</h1>
        <div className="flex gap-2">
          <Button keys="x" onPress={() => setExtracting(true)}>
            {t("papers.extracts")}
          </Button>
          <Button keys="c" onPress={() => setCreating(true)}>
            {t("meetings.create")}
          </Button>
        </div>
      </header>
      <Chase />
      {meetings.length === 0 ? (
        <EmptyState
          title={t("meetings.empty")}
          action={
            <Button look="primary" keys="c" onPress={() => setCreating(true)}>
              {t("meetings.create")}
            </Button>
          }
        >
          {t("meetings.emptyHint")}
        </EmptyState>
      ) : (
        <ul data-region="list" className="scroll min-h-0 grow">
          {meetings.map((meeting, index) => {
            const { icon: Icon, ink } = STATE[meeting.state];
            return (
              <li key={meeting.id}>
                <button
                  type="button"
                  onFocus={() => setCursor(index)}
                  onClick={() => open(meeting)}
                  className={`grid w-full grid-cols-[8rem_4rem_minmax(0,1fr)_11rem_9rem_9rem] items-center gap-4 border-b border-l-2 border-b-line py-3 pr-6 pl-5.5 text-left ${index === at ? "border-l-accent bg-accent-soft" : "border-l-transparent hover:bg-sunken"}`}
                >
                  <span className="num flex items-center gap-2 text-ink-2">
                    <CalendarClock size={14} aria-hidden="true" /> {shortDay(meeting.starts_at, meeting.zone)}
                  </span>
                  <span className="num text-ink-2">{clock(meeting.starts_at, meeting.zone)}</span>
                  <span className="truncate font-medium">{meeting.title}</span>
                  <span className="truncate text-ink-2">{meeting.place}</span>
                  <span className="num text-ink-2">
                    {meeting.state === "draft"
                      ? t("meetings.items", { count: meeting.items })
                      : t("meetings.decided", { done: meeting.decided, total: meeting.items })}
                  </span>
                  <span className={`flex items-center gap-1.5 ${ink}`}>
                    <Icon size={14} aria-hidden="true" /> {t(`meetings.state.${meeting.state}`)}
                  </span>
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {extracting ? <ExtractsByList onClose={() => setExtracting(false)} /> : null}
      {creating ? <NewMeeting onClose={() => setCreating(false)} /> : null}
    </div>
  );
}
