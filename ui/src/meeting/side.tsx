import { Hand, Plus } from "lucide-react";
import { type Ref, useEffect, useRef, useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../ds/button";
import { Checkbox, TextArea } from "../ds/fields";
import { Kbd } from "../ds/kbd";
import { AttestationMark, Key, RiskMark } from "../ds/marks";
import { clock } from "../ds/time";
import type { ConsoleItem, MeetingView, Vote, VotePosition } from "../ipc/contract";
import { useAct, useShow } from "../ipc/queries";
import { Actions } from "./actions";

export type SidePanel = "votes" | "roster" | "late";
const PANELS: SidePanel[] = ["votes", "roster", "late"];
const KEYS: Record<SidePanel, string> = { votes: "v", roster: "q", late: "l" };

export function Side(props: {
  view: MeetingView;
  item: ConsoleItem | undefined;
  panel: SidePanel;
  onPanel: (panel: SidePanel) => void;
  voting: number | null;
  onVoting: (index: number | null) => void;
  onCast: (index: number, position: VotePosition) => void;
  onRecuse: () => void;
  noteRef: Ref<HTMLTextAreaElement>;
}) {
  const { t } = useTranslation();
  return (
    <aside
      data-region="side"
      aria-label={t("meeting.side")}
      className="flex w-84 max-w-[30vw] shrink-0 flex-col border-l border-line @max-4xl:w-full @max-4xl:max-w-none @max-4xl:border-t @max-4xl:border-l-0"
    >
      <ToggleButtonGroup
        aria-label={t("meeting.side")}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[props.panel]}
        onSelectionChange={(keys) => props.onPanel([...keys][0] as SidePanel)}
        className="flex shrink-0 border-b border-line"
      >
        {PANELS.map((panel) => (
          <ToggleButton
            key={panel}
            id={panel}
            className="num flex h-10 grow items-center justify-center gap-2 border-b-2 border-transparent text-ink-2 data-[hovered]:bg-sunken data-[selected]:border-accent data-[selected]:font-medium data-[selected]:text-ink"
          >
            {t(`meeting.panel.${panel}`)}
            {panel === "late" && props.view.late.length > 0 ? (
              <span>{props.view.late.length}</span>
            ) : (
              <Kbd keys={KEYS[panel]} />
            )}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <div className="scroll min-h-0 grow outline-none" tabIndex={0}>
        {props.panel === "votes" && props.item ? <Votes {...props} item={props.item} /> : null}
        {props.panel === "roster" ? <Roster view={props.view} /> : null}
        {props.panel === "late" ? <Late view={props.view} /> : null}
      </div>
      <Actions view={props.view} />
      {props.item ? (
        <Note key={props.item.id} meeting={props.view.meeting.id} item={props.item} noteRef={props.noteRef} />
      ) : null}
    </aside>
  );
}

const POSITIONS: { position: VotePosition; key: string }[] = [
  { position: "approve", key: "1" },
  { position: "reject", key: "2" },
  { position: "abstain", key: "3" },
  { position: "absent", key: "0" },
];
const INK: Record<VotePosition, string> = {
  approve: "text-good",
  reject: "text-bad",
  abstain: "text-ink-2",
  absent: "text-ink-2",
};

function Votes(props: {
  item: ConsoleItem;
  voting: number | null;
  onVoting: (index: number | null) => void;
  onCast: (index: number, position: VotePosition) => void;
  onRecuse: () => void;
}) {
  const { t } = useTranslation();
  const { item, voting } = props;
  return (
    <div className="py-3">
      <ul>
        {item.votes.map((vote, index) => (
          <VoteLine
            key={vote.member.id}
            vote={vote}
            active={voting === index}
            onActive={() => props.onVoting(index)}
            onCast={(position) => {
              props.onCast(index, position);
              if (voting !== null) {
                const next = item.votes.findIndex((one, i) => i > index && !one.recused);
                props.onVoting(next < 0 ? null : next);
              }
            }}
          />
        ))}
      </ul>
      <div className="px-4 pt-3">
        {item.consent ? (
          <p className="flex gap-2 rounded-md bg-good-soft px-3 py-2 text-good">
            <Hand size={15} className="mt-0.5 shrink-0" aria-hidden="true" />
            <span>
              {t("meeting.consentRecorded", { time: clock(item.consent.at) })}
              <span className="block text-xs text-ink-2">{item.consent.present.join(", ")}</span>
            </span>
          </p>
        ) : null}
        <p className="num mt-2 text-xs text-ink-2" aria-live="polite">
          {item.tally.arithmetic}
        </p>
        {item.quorum.met ? null : (
          <p className="mt-2 text-xs text-bad">
            {item.quorum.arithmetic}. {t("meeting.missing", { names: item.quorum.missing.join(", ") })}
          </p>
        )}
        <div className="mt-3 flex flex-wrap gap-2">
          <Button
            keys="v"
            onPress={() =>
              props.onVoting(
                Math.max(
                  0,
                  item.votes.findIndex((vote) => !vote.recused && vote.position === null),
                ),
              )
            }
          >
            {t("meeting.vote")}
          </Button>
          <Button look="quiet" keys="x" onPress={props.onRecuse}>
            {t("meeting.recuse")}
          </Button>
        </div>
      </div>
    </div>
  );
}

function VoteLine(props: {
  vote: Vote;
  active: boolean;
  onActive: () => void;
  onCast: (position: VotePosition) => void;
}) {
  const { t } = useTranslation();
  const { vote } = props;
  const line = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (props.active) line.current?.scrollIntoView({ block: "nearest" });
  }, [props.active]);
  return (
    <li
      ref={line}
      className={`border-l-2 px-4 py-1.5 ${props.active ? "border-l-accent bg-accent-soft" : "border-l-transparent"}`}
    >
      <div className="flex items-baseline gap-2">
        <span className="min-w-0 grow truncate">{vote.member.name}</span>
        {vote.recused ? (
          <span className="text-xs font-medium text-warn">{t("vote.recused")}</span>
        ) : vote.position ? (
          <button type="button" onClick={props.onActive} className={`rounded-sm font-medium ${INK[vote.position]}`}>
            {t(`vote.${vote.position}`)}
          </button>
        ) : (
          <button
            type="button"
            onClick={props.onActive}
            aria-label={t("meeting.voteOf", { name: vote.member.name })}
            className="min-w-6 rounded-sm text-ink-2"
          >
            {t("vote.none")}
          </button>
        )}
      </div>
      <p className="flex items-center gap-2 text-xs text-ink-2">
        {vote.recused ?? vote.seat}
        {vote.attestation && vote.position ? <AttestationMark level={vote.attestation} /> : null}
      </p>
      {props.active ? (
        <div className="mt-1.5 grid grid-cols-2 gap-1">
          {POSITIONS.map(({ position, key }) => (
            <button
              key={position}
              type="button"
              onClick={() => props.onCast(position)}
              className="flex min-h-7 items-center gap-2 rounded-md border border-line-strong bg-paper px-2 hover:bg-sunken"
            >
              <Kbd keys={key} /> {t(`vote.${position}`)}
            </button>
          ))}
        </div>
      ) : null}
    </li>
  );
}

function Roster({ view }: { view: MeetingView }) {
  const { t } = useTranslation();
  const show = useShow();
  const attendance = useAct("setAttendance", {
    onDone: (next) => show("meeting", { meeting: view.meeting.id }, next),
  });
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => group.current?.querySelector("input")?.focus({ preventScroll: true }), []);
  return (
    <div ref={group} className="px-4 py-3">
      <p className="num mb-3 text-xs text-ink-2">{view.quorum.arithmetic}</p>
      <ul className="flex flex-col gap-2.5">
        {view.seats.map((seat) => (
          <li key={seat.member.id}>
            <Checkbox
              checked={seat.attendance === "present"}
              onChange={(present) => attendance.mutate({ meeting: view.meeting.id, member: seat.member.id, present })}
            >
              <span className="block">{seat.member.name}</span>
              <span className="num block text-xs text-ink-2">
                {[
                  seat.seat,
                  seat.voting ? null : t("meeting.notVoting"),
                  seat.mandatory ? t("meeting.mandatorySeat") : null,
                  seat.since ? t(`meeting.attendance.${seat.attendance}`, { time: clock(seat.since) }) : null,
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </Checkbox>
          </li>
        ))}
      </ul>
      <p className="mt-4 text-xs text-ink-2">{t("meeting.rosterHint")}</p>
    </div>
  );
}

function Late({ view }: { view: MeetingView }) {
  const { t } = useTranslation();
  const show = useShow();
  const admit = useAct("admitLate", { onDone: (next) => show("meeting", { meeting: view.meeting.id }, next) });
  if (view.late.length === 0) return <p className="px-4 py-4 text-ink-2">{t("meeting.noLate")}</p>;
  return (
    <div className="py-3">
      <p className="px-4 pb-2 text-xs text-ink-2">{t("meeting.lateHint")}</p>
      <ul>
        {view.late.map(({ change, reason }) => (
          <li key={change.id} className="flex items-center gap-2 border-t border-line px-4 py-2">
            <div className="min-w-0 grow">
              <p className="leading-4.5">{change.title}</p>
              <p className="mt-0.5 flex gap-2 text-xs text-ink-2">
                <Key id={change.key} /> <RiskMark risk={change.risk} />
              </p>
              <p className="text-xs text-ink-2">{reason}</p>
            </div>
            <IconButton
              label={t("meeting.admit", { key: change.key })}
              icon={<Plus size={15} />}
              onPress={() => admit.mutate({ meeting: view.meeting.id, change: change.id })}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

const SAVE_AFTER_MS = 800;

function Note({ meeting, item, noteRef }: { meeting: string; item: ConsoleItem; noteRef: Ref<HTMLTextAreaElement> }) {
  const { t } = useTranslation();
  const show = useShow();
  const [text, setText] = useState(item.note);
  const saved = useRef(item.note);
  const save = useAct("setNote", { onDone: (next) => show("meetingItem", { meeting, item: next.id }, next) });
  const { mutate } = save;
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    if (text === saved.current) return;
    const timer = setTimeout(() => {
      saved.current = text;
      mutate({ meeting, item: item.id, text });
    }, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, mutate, meeting, item.id]);
  useEffect(
    () => () => {
      if (latest.current !== saved.current) mutate({ meeting, item: item.id, text: latest.current });
    },
    [mutate, meeting, item.id],
  );
  return (
    <div className="shrink-0 border-t border-line px-4 py-3">
      <p className="eyebrow mb-1 flex items-center justify-between">
        {t("meeting.note")} <Kbd keys="m" />
      </p>
      <TextArea
        quiet
        label={t("meeting.note")}
        areaRef={noteRef}
        value={text}
        onChange={setText}
        rows={3}
        placeholder={t("meeting.notePlaceholder")}
      />
    </div>
  );
}
