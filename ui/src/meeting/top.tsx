import { Pause, Play, Plus, UserCheck, UserX } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../ds/button";
import { clock, stopwatch } from "../ds/time";
import type { ConsoleItem, MeetingView, Quorum, Timer } from "../ipc/contract";

/** Above everything: which meeting, how far, the timer of the item, and whether the board may decide. */
export function ConsoleTop(props: {
  view: MeetingView;
  item: ConsoleItem | undefined;
  onTimer: (act: "start" | "pause" | "add_minute") => void;
  onRoster: () => void;
}) {
  const { t } = useTranslation();
  const { meeting } = props.view;
  const quorum = props.item?.quorum ?? props.view.quorum;
  return (
    <header
      data-region="meeting"
      className="flex min-h-13 shrink-0 flex-wrap items-center gap-x-6 gap-y-1 py-1 border-b border-line px-4"
    >
      <div className="min-w-0">
        <h1 className="truncate font-semibold">{meeting.title}</h1>
        <p className="num truncate text-xs text-ink-2">
          {meeting.called_to_order_at ? t("meeting.since", { time: clock(meeting.called_to_order_at) }) : null} ·{" "}
          {t("meeting.decidedOf", { done: meeting.decided, total: meeting.items })}
        </p>
      </div>
      <span className="grow" />
      {props.item ? <TimerFace timer={props.item.timer} onTimer={props.onTimer} /> : null}
      <QuorumChip quorum={quorum} onPress={props.onRoster} />
    </header>
  );
}

function QuorumChip({ quorum, onPress }: { quorum: Quorum; onPress: () => void }) {
  const { t } = useTranslation();
  const words = quorum.met
    ? t("meeting.quorumMet", { present: quorum.present, required: quorum.required })
    : t("meeting.quorumShort", { count: quorum.short_by });
  return (
    <>
      <Button
        onPress={onPress}
        keys="q"
        aria-describedby="quorum-arithmetic"
        icon={quorum.met ? <UserCheck size={15} className="text-good" /> : <UserX size={15} className="text-bad" />}
        className={`num ${quorum.met ? "" : "border-bad"}`}
      >
        <span aria-live="polite" className={quorum.met ? "" : "font-medium text-bad"}>
          {words}
        </span>
      </Button>
      <span id="quorum-arithmetic" hidden>
        {quorum.arithmetic}
      </span>
    </>
  );
}

const MARKS = [50, 75, 100] as const;

/** Seconds are text, changed once a second, and not at all while the window is hidden. */
function useSpent(timer: Timer): number {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!timer.running) return;
    const beat = setInterval(() => {
      if (!document.hidden) tick((n) => n + 1);
    }, 1000);
    return () => clearInterval(beat);
  }, [timer.running]);
  const since = timer.running && timer.started_at ? (Date.now() - Date.parse(timer.started_at)) / 1000 : 0;
  return Math.max(0, Math.floor(timer.spent_seconds + since));
}

function TimerFace({ timer, onTimer }: { timer: Timer; onTimer: (act: "start" | "pause" | "add_minute") => void }) {
  const { t } = useTranslation();
  const spent = useSpent(timer);
  const share = timer.planned_seconds > 0 ? (spent / timer.planned_seconds) * 100 : 0;
  const passed = MARKS.findLast((mark) => share >= mark);
  const said = useRef<number | undefined>(passed);
  const [announce, setAnnounce] = useState("");
  useEffect(() => {
    if (passed !== undefined && passed !== said.current) setAnnounce(t("meeting.timePassed", { percent: passed }));
    said.current = passed;
  }, [passed, t]);
  const tone = share > 100 ? "text-bad" : share > 75 ? "text-high" : share > 50 ? "text-warn" : "text-ink";
  const fill = share > 100 ? "bg-bad" : share > 75 ? "bg-high" : share > 50 ? "bg-warn" : "bg-accent";
  return (
    <div className="flex items-center gap-2">
      <span className="sr-only" aria-live="polite">
        {announce}
      </span>
      <div className="w-32">
        <p role="timer" className="num flex items-baseline justify-between">
          <span className={`text-lg leading-6 font-semibold ${tone}`}>{stopwatch(spent)}</span>
          <span className="text-xs text-ink-2">
            {share > 100
              ? t("meeting.over", { time: stopwatch(spent - timer.planned_seconds) })
              : t("meeting.ofTime", { time: stopwatch(timer.planned_seconds) })}
          </span>
        </p>
        <div className="h-1 overflow-hidden rounded-full bg-line" aria-hidden="true">
          <div className={`h-full ${fill}`} style={{ width: `${Math.min(100, share)}%` }} />
        </div>
      </div>
      <IconButton
        label={timer.running ? t("meeting.pause") : t("meeting.start")}
        keys="t"
        icon={timer.running ? <Pause size={15} /> : <Play size={15} />}
        onPress={() => onTimer(timer.running ? "pause" : "start")}
      />
      <IconButton
        label={t("meeting.minute")}
        keys="+"
        icon={<Plus size={15} />}
        onPress={() => onTimer("add_minute")}
      />
    </div>
  );
}
