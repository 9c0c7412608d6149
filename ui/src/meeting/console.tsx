import { Navigate, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand, useLayer } from "../commands/registry";
import { Button } from "../ds/button";
import { Failed, Reading } from "../ds/layout";
import type { ConsoleItem, DecisionKind, MeetingView, VotePosition } from "../ipc/contract";
import { useAct, useShow, useView } from "../ipc/queries";
import { ConsoleAgenda } from "./console-agenda";
import { DecisionBar } from "./decision-bar";
import { ItemPage } from "./item-page";
import { RecuseDialog } from "./recuse";
import { Side, type SidePanel } from "./side";
import { Together } from "./together";
import { ConsoleTop } from "./top";

export function MeetingConsole() {
  const { meeting } = useParams({ from: "/shell/meetings/$meeting" });
  const view = useView("meeting", { meeting });
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  if (view.data.meeting.state === "draft")
    return <Navigate to="/meetings/$meeting/agenda" params={{ meeting }} replace />;
  if (view.data.meeting.state !== "in_session")
    return <Navigate to="/meetings/$meeting/wrap-up" params={{ meeting }} replace />;
  return <Console view={view.data} />;
}

/** The whole meeting by keyboard: `interface.md`, *Meeting keys*. */
function Console({ view }: { view: MeetingView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const show = useShow();
  const meeting = view.meeting.id;
  const { items, current } = view;
  const [lookingAt, setLookingAt] = useState<string | null>(null);
  const looked = items.find((item) => item.id === lookingAt) ?? items.find((item) => item.id === current) ?? items[0];
  const id = looked?.id ?? "";
  const at = items.findIndex((item) => item.id === id);
  // Whoever called to order is present; until a quorum is, the roll is what there is to do.
  const [panel, setPanel] = useState<SidePanel>(view.quorum.met ? "votes" : "roster");
  const [voting, setVoting] = useState<number | null>(null);
  const [deciding, setDeciding] = useState<DecisionKind | null>(null);
  const [recusing, setRecusing] = useState(false);
  const [together, setTogether] = useState<string | null>(null);
  const confirm = useRef<(() => void) | null>(null);
  const note = useRef<HTMLTextAreaElement>(null);

  const item = useView("meetingItem", { meeting, item: id }, { enabled: id !== "", keep: true });
  const open = item.data?.id === id ? item.data : undefined;
  const shown = (next: ConsoleItem) => show("meetingItem", { meeting, item: next.id }, next);
  const shownMeeting = (next: MeetingView) => show("meeting", { meeting }, next);

  const setCurrent = useAct("setCurrentItem", { onDone: shownMeeting });
  const vote = useAct("vote", { onDone: shown });
  const consent = useAct("recordConsent", { onDone: shown });
  const timer = useAct("setTimer", { onDone: shown });
  const sign = useAct("requestSigning");

  // A step to another item ends whatever was begun on this one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the item counts
  useEffect(() => {
    setVoting(null);
    setDeciding(null);
  }, [id]);

  const look = (index: number) => {
    const next = items[Math.max(0, Math.min(items.length - 1, index))];
    if (next) setLookingAt(next.id);
  };
  const undecided = (step: 1 | -1) => {
    for (let i = 1; i <= items.length; i++) {
      const next = items[(at + step * i + items.length * i) % items.length];
      if (next && next.decision === null) return next;
    }
    return undefined;
  };
  const goTo = (step: 1 | -1) => {
    const next = undecided(step);
    if (!next) return;
    setLookingAt(next.id);
    setCurrent.mutate({ meeting, item: next.id });
  };
  const voters = open?.votes ?? [];
  const castAt = (position: VotePosition, index: number) => {
    const voter = voters[index];
    if (!voter || voter.recused) return;
    vote.mutate({ meeting, item: id, member: voter.member.id, position });
  };
  const cast = (position: VotePosition) => {
    if (voting === null) return;
    castAt(position, voting);
    const next = voters.findIndex((voter, index) => index > voting && !voter.recused);
    setVoting(next < 0 ? null : next);
  };
  const startVote = () => {
    setPanel("votes");
    const first = voters.findIndex((voter) => !voter.recused && voter.position === null);
    setVoting(first >= 0 ? first : voters.findIndex((voter) => !voter.recused));
  };
  const decide = (kind: DecisionKind) => {
    setVoting(null);
    setDeciding(kind);
  };
  const undecidedLeft = items.filter((one) => one.decision === null).length;
  const release = looked?.release ?? null;
  const parts = items.filter((one) => release !== null && one.release === release);
  const canTake = parts.some((one) => one.decision === null);

  useCommand("meeting.next", () => look(at + 1));
  useCommand("meeting.previous", () => look(at - 1));
  useCommand("meeting.current", () => setLookingAt(null));
  useCommand("meeting.makeCurrent", id !== current ? () => setCurrent.mutate({ meeting, item: id }) : null);
  useCommand("meeting.nextUndecided", undecidedLeft > 0 ? () => goTo(1) : null);
  useCommand("meeting.previousUndecided", undecidedLeft > 0 ? () => goTo(-1) : null);
  useCommand(
    "meeting.timer",
    open ? () => timer.mutate({ meeting, item: id, act: open.timer.running ? "pause" : "start" }) : null,
  );
  useCommand("meeting.minute", open ? () => timer.mutate({ meeting, item: id, act: "add_minute" }) : null);
  useCommand("meeting.vote", open ? startVote : null);
  useCommand("meeting.voteApprove", voting !== null ? () => cast("approve") : null);
  useCommand("meeting.voteReject", voting !== null ? () => cast("reject") : null);
  useCommand("meeting.voteAbstain", voting !== null ? () => cast("abstain") : null);
  useCommand("meeting.voteAbsent", voting !== null ? () => cast("absent") : null);
  useCommand("meeting.consent", open ? () => consent.mutate({ meeting, item: id }) : null);
  useCommand("meeting.approve", open ? () => decide("approved") : null);
  useCommand("meeting.conditions", open ? () => decide("approved_with_conditions") : null);
  useCommand("meeting.reject", open ? () => decide("rejected") : null);
  useCommand("meeting.defer", open ? () => decide("deferred") : null);
  useCommand("meeting.information", open ? () => decide("more_information") : null);
  useCommand("meeting.together", release && canTake ? () => setTogether(release) : null);
  useCommand("meeting.confirm", deciding ? () => confirm.current?.() : null);
  useCommand("meeting.note", () => note.current?.focus());
  useCommand("meeting.roster", () => {
    setPanel(panel === "roster" ? "votes" : "roster");
    setVoting(null);
  });
  useCommand("meeting.recuse", open ? () => setRecusing(true) : null);
  useCommand("meeting.late", () => {
    setPanel(panel === "late" ? "votes" : "late");
    setVoting(null);
  });
  useCommand("meeting.sign", () => sign.mutate({ subject: { kind: "queue", meeting } }));
  useCommand("meeting.wrapUp", () => navigate({ to: "/meetings/$meeting/wrap-up", params: { meeting } }));
  useLayer(panel !== "votes", () => setPanel("votes"));
  useLayer(lookingAt !== null && lookingAt !== current, () => setLookingAt(null));
  useLayer(voting !== null, () => setVoting(null));
  useLayer(deciding !== null, () => setDeciding(null));

  return (
    <div className="flex h-full flex-col">
      <ConsoleTop
        view={view}
        item={open}
        onTimer={(act) => timer.mutate({ meeting, item: id, act })}
        onRoster={() => setPanel("roster")}
      />
      <div className="flex min-h-0 grow @max-4xl:scroll @max-4xl:flex-col">
        <ConsoleAgenda items={items} looked={id} current={current} onLook={setLookingAt} />
        <section
          data-region="item"
          aria-label={t("meeting.item")}
          className="flex min-w-0 grow flex-col @max-4xl:order-first @max-4xl:shrink-0"
        >
          {id !== current && current !== null && looked ? (
            <p className="flex shrink-0 items-center gap-3 border-b border-line bg-sunken px-8 py-1.5 text-ink-2">
              <span className="grow">{t("meeting.lookingAside", { number: looked.number })}</span>
              <Button look="quiet" keys="." onPress={() => setLookingAt(null)}>
                {t("meeting.backToCurrent")}
              </Button>
              <Button look="quiet" keys="Enter" onPress={() => setCurrent.mutate({ meeting, item: id })}>
                {t("meeting.makeCurrent")}
              </Button>
            </p>
          ) : null}
          {item.error ? <Failed thrown={item.error} onRetry={() => item.refetch()} /> : null}
          {open ? <ItemPage key={open.id} item={open} /> : item.error ? null : <Reading />}
        </section>
        <Side
          view={view}
          item={open}
          panel={panel}
          onPanel={setPanel}
          voting={voting}
          onVoting={setVoting}
          onCast={(index, position) => castAt(position, index)}
          onRecuse={() => setRecusing(true)}
          noteRef={note}
        />
      </div>
      {open ? (
        <DecisionBar
          key={open.id}
          meeting={meeting}
          item={open}
          seats={view.seats}
          deciding={deciding}
          onDeciding={setDeciding}
          onConsent={() => consent.mutate({ meeting, item: id })}
          confirmRef={confirm}
          undecided={undecidedLeft}
          onNext={() => goTo(1)}
          onDecided={shown}
          release={canTake ? release : null}
          onTogether={() => setTogether(release)}
          onWrapUp={() => navigate({ to: "/meetings/$meeting/wrap-up", params: { meeting } })}
        />
      ) : null}
      {together !== null ? (
        <Together
          meeting={meeting}
          release={together}
          items={items.filter((one) => one.release === together)}
          onDone={shownMeeting}
          onClose={() => setTogether(null)}
        />
      ) : null}
      {recusing && open ? (
        <RecuseDialog meeting={meeting} item={open} onClose={() => setRecusing(false)} onDone={shown} />
      ) : null}
    </div>
  );
}
