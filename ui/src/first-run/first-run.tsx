import { Navigate, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ProgressLine, useProgress } from "../app/progress";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { Checkbox, Radios, Select, TextField } from "../ds/fields";
import { Failed, Reading } from "../ds/layout";
import type { MemberDraft, Role } from "../ipc/contract";
import { useAct, useShow, useView } from "../ipc/queries";
import { Drops } from "../verify/drops";
import { People } from "./people";
import { PinStep } from "./pin-step";

export type Tickets = "redmine" | "later" | "sample";

/** What a chair may be besides; in a small board one person often is. */
const BESIDES = ["none", "cto", "technical_lead"] as const;

const STEPS = ["board", "tickets", "people", "pin"] as const;

/** Three questions and a PIN; or the sample board, at once. */
export function FirstRun() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const show = useShow();
  const status = useView("appStatus");
  const terms = useView("enrolmentTerms");
  const [at, setAt] = useState(0);
  const [boardName, setBoardName] = useState("");
  const [me, setMe] = useState<MemberDraft>(() => person("", ["chair"], t("firstRun.chairSeat")));
  const [others, setOthers] = useState<MemberDraft[]>([]);
  const [tickets, setTickets] = useState<Tickets>("redmine");
  const [part11, setPart11] = useState(false);
  const [sealedRelays, setSealedRelays] = useState(false);
  const works = useProgress();

  const create = useAct("createBoard", {
    onDone: (answer) => {
      show("appStatus", undefined, answer);
      void navigate({ to: tickets === "redmine" ? "/connection" : "/changes", replace: true });
    },
  });
  const sample = useAct("openSampleBoard", {
    onDone: (answer) => {
      show("appStatus", undefined, answer);
      void navigate({ to: "/changes", replace: true });
    },
  });
  // Each step begins at its first field, so that Enter leads through.
  const form = useRef<HTMLFormElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the step counts
  useEffect(() => form.current?.querySelector<HTMLElement>("input, button:not([type=submit])")?.focus(), [at]);
  useCommand("layer.close", () => setAt(Math.max(0, at - 1)));

  if (status.error) return <Failed thrown={status.error} onRetry={() => status.refetch()} />;
  if (!status.data || !terms.data) return <Reading />;
  if (status.data.board && !create.isPending && !sample.isPending && !create.isSuccess && !sample.isSuccess)
    return <Navigate to="/changes" replace />;

  const step = STEPS[at] ?? "board";
  const ready = step === "board" ? boardName.trim() !== "" && me.name.trim() !== "" : true;
  const next = () => ready && setAt(Math.min(STEPS.length - 1, at + 1));
  return (
    <main className="scroll flex h-full flex-col items-center px-6 py-[8vh]">
      <div className="w-full max-w-[42rem]">
        <p className="text-ink-2">{t("firstRun.cabinet")}</p>
        <h1 className="mt-1 text-2xl font-semibold tracking-tight">{t(`firstRun.${step}.title`)}</h1>
        <p className="measure mt-1.5 text-base text-ink-2">{t(`firstRun.${step}.intro`)}</p>
        <ol className="mt-5 mb-8 grid grid-cols-4 gap-1.5" aria-label={t("firstRun.steps")}>
          {STEPS.map((name, index) => (
            <li
              key={name}
              aria-current={index === at ? "step" : undefined}
              className={`border-t-2 pt-1.5 text-xs ${index <= at ? "border-accent text-ink" : "border-line text-ink-2"}`}
            >
              {t(`firstRun.step.${name}`)}
            </li>
          ))}
        </ol>
        {step === "pin" ? (
          <PinStep
            terms={terms.data}
            keystore={status.data.keystore}
            busy={create.isPending}
            act={t("firstRun.pin.create")}
            onBack={() => setAt(at - 1)}
            onPin={(pin) =>
              create.mutate({
                board_name: boardName.trim(),
                chair: { ...me, name: me.name.trim() },
                others: others.filter((other) => other.name.trim() !== ""),
                pin,
                accepted_sentence: terms.data.sentence,
                part_11: part11,
                sealed_relays: sealedRelays,
              })
            }
          />
        ) : (
          <form
            ref={form}
            onSubmit={(event) => {
              event.preventDefault();
              next();
            }}
            className="flex flex-col gap-5"
          >
            {step === "board" ? (
              <>
                <TextField
                  label={t("firstRun.board.name")}
                  value={boardName}
                  onChange={setBoardName}
                  placeholder={t("firstRun.board.example")}
                  autoFocus
                  required
                />
                <TextField
                  label={t("firstRun.board.me")}
                  value={me.name}
                  onChange={(name) => setMe({ ...me, name })}
                  hint={t("firstRun.board.meHint")}
                  required
                />
                <Select
                  label={t("firstRun.board.also")}
                  value={me.roles[1] ?? "none"}
                  onChange={(also) => setMe({ ...me, roles: also === "none" ? ["chair"] : ["chair", also as Role] })}
                  choices={BESIDES.map((also) => ({
                    value: also,
                    label: also === "none" ? t("firstRun.board.alsoNone") : t(`role.${also}`),
                  }))}
                />
                <TextField
                  label={t("firstRun.account")}
                  value={me.account ?? ""}
                  onChange={(account) => setMe({ ...me, account: account || null })}
                  hint={t("firstRun.accountHint")}
                />
                <Checkbox checked={part11} onChange={setPart11}>
                  <span className="text-ink-2">{t("firstRun.board.part11")}</span>
                </Checkbox>
                <Checkbox checked={sealedRelays} onChange={setSealedRelays}>
                  <span className="text-ink-2">{t("firstRun.board.sealedRelays")}</span>
                </Checkbox>
              </>
            ) : null}
            {step === "tickets" ? (
              <Radios
                quiet
                label={t("firstRun.tickets.title")}
                value={tickets}
                onChange={(value) => setTickets(value as Tickets)}
                choices={[
                  {
                    value: "redmine",
                    label: t("firstRun.tickets.redmine"),
                    detail: t("firstRun.tickets.redmineDetail"),
                  },
                  { value: "later", label: t("firstRun.tickets.later"), detail: t("firstRun.tickets.laterDetail") },
                ]}
              />
            ) : null}
            {step === "people" ? <People people={others} onChange={setOthers} /> : null}
            <div className="mt-2 flex items-center gap-2 border-t border-line pt-5">
              <Button look="primary" type="submit" isDisabled={!ready}>
                {t("common.next")}
              </Button>
              {at > 0 ? <Button onPress={() => setAt(at - 1)}>{t("common.back")}</Button> : null}
            </div>
          </form>
        )}
        {step === "board" ? (
          <section className="mt-10 flex items-center gap-6 border-t border-line pt-6">
            <div className="grow">
              <h2 className="font-semibold">{t("join.firstRunTitle")}</h2>
              <p className="measure mt-0.5 text-ink-2">{t("join.firstRunIntro")}</p>
            </div>
            <Button onPress={() => navigate({ to: "/join" })}>{t("join.firstRunAct")}</Button>
          </section>
        ) : null}
        {step === "board" ? (
          <section className="mt-6 flex items-center gap-6 border-t border-line pt-6">
            <div className="grow">
              <h2 className="font-semibold">{t("firstRun.sample.title")}</h2>
              <p className="measure mt-0.5 text-ink-2">{t("firstRun.sample.intro")}</p>
            </div>
            <Button isPending={sample.isPending} onPress={() => sample.mutate(undefined)}>
              {sample.isPending ? t("firstRun.sample.opening") : t("firstRun.sample.open")}
            </Button>
          </section>
        ) : null}
        {step === "board" ? (
          <section className="mt-6 flex items-center gap-6 border-t border-line pt-6">
            <div className="grow">
              <h2 className="font-semibold">{t("verify.firstRunTitle")}</h2>
              <p className="measure mt-0.5 text-ink-2">{t("verify.firstRunIntro")}</p>
            </div>
            <Button onPress={() => navigate({ to: "/welcome/verify" })}>{t("verify.firstRunAct")}</Button>
          </section>
        ) : null}
        {works.length > 0 ? (
          <div className="mt-6">
            {works.map((progress) => (
              <ProgressLine key={progress.work} progress={progress} />
            ))}
          </div>
        ) : null}
      </div>
      <Drops to="/welcome/verify" />
    </main>
  );
}

export function person(name: string, roles: Role[], seat: string): MemberDraft {
  return { name, roles, seat, voting: true, mandatory: false, account: null };
}
