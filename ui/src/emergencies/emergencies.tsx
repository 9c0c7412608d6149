import { CircleCheck, Clock3, Siren, Undo2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Circulars } from "../circulars/circulars";
import { Button } from "../ds/button";
import { EmptyState, Facts, Failed, Reading, Section } from "../ds/layout";
import { Key } from "../ds/marks";
import { useNotices } from "../ds/notices";
import { ReasonDialog } from "../ds/reason-dialog";
import { moment } from "../ds/time";
import type { EmergenciesView, EmergencyView } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";
import { Declare } from "./declare";
import { Review } from "./review";

type OwedView = EmergencyView["owed"][number];
type RollbackView = EmergenciesView["rollbacks"][number];

/** What was declared, what each emergency still owes and by when, and what was taken back. */
export function Emergencies() {
  const { t } = useTranslation();
  const { data: view, error, refetch } = useView("emergencies");
  const [meeting, setMeeting] = useState<{ one: EmergencyView; owed: OwedView } | null>(null);
  const [declaring, setDeclaring] = useState(false);
  if (error) return <Failed thrown={error} onRetry={() => refetch()} />;
  if (!view) return <Reading />;
  const declare = <Button onPress={() => setDeclaring(true)}>{t("emergencies.declare")}</Button>;
  const form = declaring ? <Declare onClose={() => setDeclaring(false)} /> : null;
  if (view.emergencies.length === 0 && view.rollbacks.length === 0)
    return (
      <>
        <EmptyState whole title={t("emergencies.empty")} action={declare}>
          {t("emergencies.emptyHint")}
        </EmptyState>
        {form}
      </>
    );
  return (
    <article data-region="detail" tabIndex={0} className="scroll h-full px-10 py-7 outline-none">
      <div className="flex max-w-[48rem] flex-col gap-8">
        <header className="flex items-center justify-between gap-4">
          <h1 className="text-xl font-semibold tracking-tight">{t("emergencies.title")}</h1>
          {declare}
        </header>
        {view.emergencies.map((one) => (
          <Emergency key={one.id} one={one} onMeet={(owed) => setMeeting({ one, owed })} />
        ))}
        {view.rollbacks.length > 0 ? (
          <Section title={t("emergencies.takenBack")}>
            <ul className="divide-y divide-line border-y border-line">
              {view.rollbacks.map((back) => (
                <TakenBack key={back.id} back={back} />
              ))}
            </ul>
          </Section>
        ) : null}
      </div>
      {meeting && meeting.owed.id !== "review" ? (
        <Meet one={meeting.one} owed={meeting.owed} onClose={() => setMeeting(null)} />
      ) : null}
      {meeting && meeting.owed.id === "review" ? <Review one={meeting.one} onClose={() => setMeeting(null)} /> : null}
      {form}
    </article>
  );
}

function Emergency({ one, onMeet }: { one: EmergencyView; onMeet: (owed: OwedView) => void }) {
  const { t } = useTranslation();
  return (
    <section aria-label={t("emergencies.of", { key: one.change })}>
      <h2 className="flex items-baseline gap-2 font-semibold">
        <Key id={one.change} className="text-ink-2" />
        {one.breaks}
      </h2>
      <p className="mt-0.5 text-ink-2">
        {t("emergencies.declared", { name: one.declared_by, when: moment(one.at), key: one.declared_as })}
      </p>
      <Facts
        className="mt-3"
        facts={[
          [t("emergencies.incident"), one.incident],
          [t("emergencies.consulted"), one.consulted],
          [t("emergencies.plan"), one.plan],
          [t("emergencies.backout"), one.backout],
          [t("emergencies.deployer"), one.deployer],
          [t("emergencies.window"), one.window],
        ]}
      />
      {one.told ? <p className="measure mt-2 text-ink-2">{one.told}</p> : null}
      <ul aria-label={t("emergencies.owes")} className="mt-3 divide-y divide-line border-y border-line">
        {one.owed.map((owed) => (
          <Owed key={owed.id} owed={owed} onMeet={() => onMeet(owed)} />
        ))}
      </ul>
      <Circulars change={one.change} undecided={false} />
    </section>
  );
}

function Owed({ owed, onMeet }: { owed: OwedView; onMeet: () => void }) {
  const { t } = useTranslation();
  const { what, clause, due, met, overdue } = owed;
  const when = moment(due);
  return (
    <li className="flex flex-wrap items-start gap-3 py-2.5">
      {met !== null ? (
        <CircleCheck size={15} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
      ) : overdue ? (
        <Siren size={15} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
      ) : (
        <Clock3 size={15} className="mt-0.5 shrink-0 text-ink-2" aria-hidden="true" />
      )}
      <div className="min-w-64 grow basis-0">
        <p className="measure">
          {what} <span className="text-xs text-ink-2">{clause}</span>
        </p>
        <p className={met !== null ? "text-good" : overdue ? "font-medium text-bad" : "text-ink-2"}>
          {met !== null
            ? t("emergencies.met", { note: met })
            : t(overdue ? "emergencies.overdue" : "emergencies.due", { when })}
        </p>
      </div>
      {/* That there is a ticket only a ticket shows. */}
      {met === null && owed.id !== "binding" ? (
        <Button onPress={onMeet}>
          <span>
            <span className="sr-only">{what}:</span> {t("emergencies.meet")}
          </span>
        </Button>
      ) : null}
    </li>
  );
}

function TakenBack({ back }: { back: RollbackView }) {
  const { t } = useTranslation();
  return (
    <li className="flex items-start gap-3 py-2.5">
      <Undo2 size={15} className="mt-0.5 shrink-0 text-ink-2" aria-hidden="true" />
      <div>
        <p>{t("emergencies.back", { key: back.change, when: moment(back.at), incident: back.incident })}</p>
        {back.told ? <p className="measure text-ink-2">{back.told}</p> : null}
        <p className={back.revalidated === null ? "font-medium text-bad" : "text-good"}>
          {back.revalidated === null ? t("emergencies.notAgain") : t("emergencies.again", { why: back.revalidated })}
        </p>
      </div>
    </li>
  );
}

function Meet({ one, owed, onClose }: { one: EmergencyView; owed: OwedView; onClose: () => void }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const meet = useAct("meetOwed", {
    onDone: () => {
      say(t("emergencies.said"));
      onClose();
    },
  });
  return (
    <ReasonDialog
      title={t("emergencies.meetTitle", { key: one.change })}
      about={owed.what}
      label={t("emergencies.shows")}
      act={t("emergencies.meetNow")}
      busy={meet.isPending}
      onAct={(note) => meet.mutate({ declaration: one.id, owed: owed.id, note })}
      onClose={onClose}
    />
  );
}
