import { CircleCheck, KeyRound, LockKeyholeOpen, OctagonX } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { Checkbox, Select, TextArea, TextField } from "../ds/fields";
import { Facts, Failed, Reading } from "../ds/layout";
import { FailureBody } from "../ds/notices";
import { RefusalBody } from "../ds/refusal";
import { SideBySide } from "../ds/side-by-side";
import { clock, moment, shortDigest } from "../ds/time";
import type { BoardError, Difference, Fact, Signer, SigningView, StaleSignOff, Statement } from "../ipc/contract";
import { asBoardError } from "../ipc/errors";
import { useAct, useShow, useView } from "../ipc/queries";

/** Before a pause, when nothing went wrong yet: worth no word. */
const FREE_ATTEMPTS = 3;

/** The signing window: the exact text, who signs, with which key. No ticket markup is ever drawn here. */
export function SignOff() {
  const view = useView("signingView");
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  return <SignPage view={view.data} />;
}

function SignPage({ view }: { view: SigningView }) {
  const { t } = useTranslation();
  const show = useShow();
  const firstReady = view.statements.findIndex((statement) => statement.state === "ready");
  const [at, setAt] = useState(Math.max(0, firstReady));
  const [member, setMember] = useState(view.signers[0]?.member.id ?? "");
  const [pin, setPin] = useState("");
  const [named, setNamed] = useState("");
  const [ticked, setTicked] = useState<number[]>([]);
  const [keep, setKeep] = useState(true);
  const [problem, setProblem] = useState<BoardError | null>(null);
  const [against, setAgainst] = useState(false);
  const [reason, setReason] = useState("");
  // Why an earlier sign-off is given again: prefilled, until it is written over.
  const [written, setWritten] = useState<string | null>(null);
  const reasonField = useRef<HTMLTextAreaElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const nameField = useRef<HTMLInputElement>(null);
  const close = useAct("closeSigning");
  const statement = view.statements[at];
  const again = statement?.reaffirmation == null ? null : (written ?? statement.reaffirmation);
  const signer = view.signers.find((one) => one.member.id === member) ?? view.signers[0];
  const needsPin = signer ? signer.pin_always || signer.session === null : true;
  const nameAsked = signer?.name_asked ?? false;
  const signed = view.statements.filter((one) => one.state === "signed").length;
  const left = view.statements.filter((one) => one.state === "ready").length;
  // What a hard gate blocks cannot be approved, and can be rejected.
  const rejectable = statement !== undefined && statement.state !== "signed" && statement.rejection !== null;
  const done = left === 0 && !rejectable;
  // One signature for a list takes a tick at each of its lines.
  const allRead = statement === undefined || !statement.tick_each || ticked.length === statement.facts.length;
  const signable = allRead && (against ? rejectable : statement?.state === "ready");
  const goTo = (next: number) => {
    setAt(next);
    setTicked([]);
    setWritten(null);
    setAgainst(false);
    setReason("");
  };

  const sign = useAct("sign", {
    quiet: true,
    onDone: (next) => {
      show("signingView", undefined, next);
      setPin("");
      setNamed("");
      setTicked([]);
      setProblem(null);
      const following = next.statements.findIndex((one) => one.state === "ready");
      setAgainst(false);
      setReason("");
      setWritten(null);
      if (following >= 0) setAt(following);
    },
  });
  const submit = () => {
    if (against && reason.trim() === "") {
      reasonField.current?.focus();
      return;
    }
    if (nameAsked && named.trim() === "") {
      nameField.current?.focus();
      return;
    }
    if (!statement || !signable || !signer || (needsPin && pin === "")) {
      field.current?.focus();
      return;
    }
    sign.mutate(
      {
        statement: statement.id,
        member: signer.member.id,
        pin: needsPin ? pin : null,
        keep_unlocked: keep && !signer.pin_always,
        verdict: against ? "reject" : "approve",
        reason: against ? reason : (again ?? ""),
        named: nameAsked ? named : "",
        ticked: statement.tick_each ? ticked : [],
      },
      {
        onError: (thrown) => {
          setProblem(asBoardError(thrown));
          setPin("");
          field.current?.focus();
        },
      },
    );
  };
  const leave = () => close.mutate(undefined);
  useCommand("sign.confirm", done ? leave : submit);
  useCommand("sign.next", () => goTo(Math.min(view.statements.length - 1, at + 1)));
  useCommand("sign.previous", () => goTo(Math.max(0, at - 1)));
  useCommand("layer.close", leave);
  useEffect(() => {
    if (nameAsked) nameField.current?.focus();
    else if (needsPin) field.current?.focus();
  }, [needsPin, nameAsked]);

  return (
    <main className="flex h-full flex-col bg-paper">
      <header className="flex shrink-0 items-baseline gap-3 border-b border-line px-8 py-4">
        <h1 className="text-lg font-semibold">{t("sign.title")}</h1>
        <p className="min-w-0 grow truncate text-ink-2">{view.purpose}</p>
        {view.statements.length > 1 ? (
          <p className="num shrink-0 text-ink-2" aria-live="polite">
            {t("sign.progress", { done: signed, total: view.statements.length })}
          </p>
        ) : null}
      </header>
      <div className="scroll min-h-0 grow px-8 py-6 outline-none" tabIndex={0}>
        {view.statements.length > 1 ? <StatementList statements={view.statements} at={at} onAt={goTo} /> : null}
        {statement ? (
          <StatementPaper
            statement={statement}
            against={against ? reason : null}
            again={again}
            ticked={ticked}
            onTick={(line, on) => setTicked((old) => (on ? [...old, line] : old.filter((one) => one !== line)))}
          />
        ) : (
          <p className="text-ink-2">{t("sign.nothing")}</p>
        )}
      </div>
      <footer className="shrink-0 border-t border-line-strong bg-canvas px-8 py-5">
        {done ? (
          <div className="flex items-center gap-3">
            <CircleCheck size={18} className="text-good" aria-hidden="true" />
            <p className="grow font-medium" aria-live="polite">
              {signed > 0 ? t("sign.allDone", { count: signed }) : t("sign.nothing")}
            </p>
            <Button look="primary" autoFocus onPress={leave} keys="Escape">
              {t("common.close")}
            </Button>
          </div>
        ) : signer ? (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
            className="flex flex-col gap-4"
          >
            {problem ? (
              <div role="alert" className="flex gap-2.5 rounded-md border border-bad bg-bad-soft px-3 py-2.5">
                <OctagonX size={16} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
                {problem.kind === "refused" ? (
                  <RefusalBody refusal={problem.detail} />
                ) : (
                  <FailureBody error={problem} />
                )}
              </div>
            ) : null}
            {against ? (
              <TextArea
                label={t("sign.reason")}
                areaRef={reasonField}
                value={reason}
                onChange={setReason}
                hint={t("sign.reasonHint")}
                rows={2}
                autoFocus
                required
              />
            ) : null}
            {!against && again !== null ? (
              <TextArea
                label={t("sign.again")}
                value={again}
                onChange={setWritten}
                hint={t("sign.reasonHint")}
                rows={2}
                required
              />
            ) : null}
            <div className="flex items-start gap-5">
              <SignerBlock signers={view.signers} signer={signer} onMember={setMember} />
              <div className="flex w-64 shrink-0 flex-col gap-3">
                {nameAsked ? (
                  <TextField
                    inputRef={nameField}
                    label={t("sign.name")}
                    value={named}
                    onChange={setNamed}
                    hint={t("sign.nameHint")}
                  />
                ) : null}
                {needsPin ? (
                  <TextField
                    type="password"
                    inputRef={field}
                    label={t("sign.pin")}
                    value={pin}
                    onChange={setPin}
                    hint={
                      signer.wait_until
                        ? t("sign.wait", { time: clock(signer.wait_until) })
                        : signer.attempts_left < FREE_ATTEMPTS
                          ? t("sign.attempts", { count: signer.attempts_left })
                          : undefined
                    }
                  />
                ) : (
                  <p className="num flex items-center gap-2 pt-6 text-good">
                    <LockKeyholeOpen size={16} aria-hidden="true" />
                    {t("sign.unlocked", { time: signer.session ? clock(signer.session.ends_at) : "" })}
                  </p>
                )}
              </div>
            </div>
            <div className="flex items-center gap-3">
              {needsPin && !signer.pin_always ? (
                <Checkbox checked={keep} onChange={setKeep}>
                  {t("sign.keep")}
                </Checkbox>
              ) : signer.pin_always ? (
                <p className="text-xs text-ink-2">{t("sign.pinAlways")}</p>
              ) : null}
              <span className="grow" />
              <Button onPress={leave} keys="Escape">
                {t("common.cancel")}
              </Button>
              {rejectable ? (
                <Button onPress={() => setAgainst(!against)}>{t(against ? "sign.notReject" : "sign.reject")}</Button>
              ) : null}
              <Button look="primary" type="submit" keys="Mod+Enter" isPending={sign.isPending} isDisabled={!signable}>
                {t(against ? "sign.signRejection" : "sign.sign")}
              </Button>
            </div>
          </form>
        ) : (
          <div className="flex items-center gap-3">
            <p className="grow">{t("sign.noSigner")}</p>
            <Button onPress={leave} keys="Escape">
              {t("common.close")}
            </Button>
          </div>
        )}
      </footer>
    </main>
  );
}

function StatementList({ statements, at, onAt }: { statements: Statement[]; at: number; onAt: (at: number) => void }) {
  const { t } = useTranslation();
  return (
    <ol className="mb-6 flex flex-wrap gap-1.5" aria-label={t("sign.statements")}>
      {statements.map((statement, index) => (
        <li key={statement.id}>
          <button
            type="button"
            aria-current={index === at ? "step" : undefined}
            onClick={() => onAt(index)}
            className={`num flex min-h-7 items-center gap-1.5 rounded-md border px-2 text-xs ${index === at ? "border-accent bg-accent-soft font-medium" : "border-line"}`}
          >
            {statement.state === "signed" ? (
              <CircleCheck size={13} className="text-good" aria-label={t("sign.state.signed")} />
            ) : statement.state === "refused" ? (
              <OctagonX size={13} className="text-bad" aria-label={t("sign.state.refused")} />
            ) : null}
            {statement.title}
          </button>
        </li>
      ))}
    </ol>
  );
}

/** `against`, `again`: the reason as typed so far, where the signer is about to reject, or to give a sign-off again. */
function StatementPaper(props: {
  statement: Statement;
  against: string | null;
  again: string | null;
  ticked: number[];
  onTick: (line: number, on: boolean) => void;
}) {
  const { t } = useTranslation();
  const { statement, against, again } = props;
  const approval = again === null ? statement.meaning : `${statement.meaning} ${again}`;
  const sentence = against === null || !statement.rejection ? approval : `${statement.rejection} ${against}`;
  return (
    <article className="max-w-[44rem]">
      <p className="eyebrow">{t("sign.youSign")}</p>
      <p className="measure mt-2 text-lg leading-7 font-medium text-pretty break-words">{sentence}</p>
      {/* Before the facts: what was edited is what the signer has to look at. */}
      {statement.state === "signed" ? null : <Stale stale={statement.stale} />}
      {statement.state === "signed" || statement.differences.length === 0 ? null : (
        <Differs differences={statement.differences} />
      )}
      {statement.tick_each ? (
        <Lines facts={statement.facts} ticked={props.ticked} onTick={props.onTick} />
      ) : (
        <Facts facts={statement.facts} className="mt-5 border-t border-line pt-4" />
      )}
      {statement.refusal && statement.state !== "signed" ? (
        <div className="mt-5 flex gap-2.5 rounded-md border border-bad bg-bad-soft px-3 py-2.5">
          <OctagonX size={16} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
          <RefusalBody refusal={statement.refusal} />
        </div>
      ) : null}
      {statement.signed_at ? (
        <p className="num mt-5 flex items-center gap-2 font-medium text-good">
          <CircleCheck size={16} aria-hidden="true" /> {t("sign.signedAt", { when: moment(statement.signed_at) })}
        </p>
      ) : null}
      <details className="mt-5 border-t border-line pt-3">
        <summary className="cursor-default rounded-sm text-ink-2 hover:text-ink">{t("sign.details")}</summary>
        <p className="mt-3 text-ink-2">{t("sign.digestHint")}</p>
        <p className="mt-1 font-mono text-xs break-all">{statement.digest}</p>
        {statement.manifest.length > 0 ? (
          <dl className="mt-4 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-xs">
            {statement.manifest.map((part) => (
              <div key={part.label} className="contents">
                <dt className="text-ink-2">{part.label}</dt>
                <dd className="font-mono break-all">{part.value}</dd>
              </div>
            ))}
          </dl>
        ) : null}
      </details>
    </article>
  );
}

/** The lines of a list that one signature covers: each is read and ticked by itself. */
function Lines(props: { facts: Fact[]; ticked: number[]; onTick: (line: number, on: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <div className="mt-5 border-t border-line pt-4">
      <p className="num text-ink-2" aria-live="polite">
        {t("sign.read", { done: props.ticked.length, total: props.facts.length })}
      </p>
      <ul className="mt-3 flex flex-col gap-2.5">
        {props.facts.map((fact, line) => (
          <li key={fact.label}>
            <Checkbox checked={props.ticked.includes(line)} onChange={(on) => props.onTick(line, on)}>
              <span className="text-ink-2">{fact.label}</span> {fact.value}
            </Checkbox>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What differs since the sign-offs that are stale, in plain lines. */
function Stale({ stale }: { stale: StaleSignOff[] }) {
  const { t } = useTranslation();
  return stale.map((one) => {
    const label = t("sign.sinceSigned", { name: one.signer, when: moment(one.signed_at) });
    return (
      <div key={one.id} className="mt-5 border-t border-line pt-4">
        <p className="eyebrow mb-3">{label}</p>
        <SideBySide label={label} differences={one.differences} notKept={one.not_kept} />
      </div>
    );
  });
}

/** What a policy changes, setting by setting. */
function Differs({ differences }: { differences: Difference[] }) {
  const { t } = useTranslation();
  const label = t("policy.differences", { count: differences.length });
  return (
    <div className="mt-5 border-t border-line pt-4">
      <p className="eyebrow mb-3">{label}</p>
      <SideBySide
        label={label}
        before={t("policy.inForceNow")}
        after={t("policy.adoptedThen")}
        differences={differences}
        notKept={[]}
      />
    </div>
  );
}

function SignerBlock(props: { signers: Signer[]; signer: Signer; onMember: (member: string) => void }) {
  const { t } = useTranslation();
  const { signer, signers } = props;
  return (
    <div className="min-w-0 grow">
      {signers.length > 1 ? (
        <Select
          label={t("sign.signer")}
          value={signer.member.id}
          onChange={props.onMember}
          choices={signers.map((one) => ({
            value: one.member.id,
            label: `${one.member.name}, ${t(`role.${one.capacity}`)}`,
          }))}
        />
      ) : (
        <>
          <p className="font-medium">{t("sign.signer")}</p>
          <p className="mt-1 py-1">
            {signer.member.name}, {t(`role.${signer.capacity}`)}
          </p>
        </>
      )}
      <p className="num mt-1 flex items-center gap-1.5 text-xs text-ink-2">
        <KeyRound size={13} aria-hidden="true" className="mt-0.5 shrink-0 self-start" />
        {t("sign.key", { place: signer.key_label, fingerprint: shortDigest(signer.key_fingerprint) })}
      </p>
    </div>
  );
}
