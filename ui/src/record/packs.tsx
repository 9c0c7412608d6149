import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDashed, CircleX, PackageOpen } from "lucide-react";
import { type Ref, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { TextField } from "../ds/fields";
import { FileChoice } from "../ds/file-choice";
import { Facts, Failed, Reading, Section } from "../ds/layout";
import { LevelMark } from "../ds/marks";
import { RefusalBody } from "../ds/refusal";
import { moment } from "../ds/time";
import type { OpenedPack, PackChange, PacksView } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";
import { Late, LateList } from "./late";
import { LeftOut } from "./left-out";
import { MakePack } from "./make-pack";
import { SaveAnswer } from "./save-answer";

/** One sealed file out, one back: for a computer that reaches no network. */
export function Packs() {
  const view = useView("packs");
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (!view.data) return <Reading />;
  return <PacksPage view={view.data} onChanged={() => void view.refetch()} />;
}

function PacksPage({ view, onChanged }: { view: PacksView; onChanged: () => void }) {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const [making, setMaking] = useState(false);
  const [answering, setAnswering] = useState(false);
  const [came, setCame] = useState<OpenedPack | null>(null);
  const open = useAct("openPack", {
    onDone: (opened) => {
      setCame(opened.purpose === "reply" ? opened : null);
      onChanged();
    },
  });
  const opened = view.opened;

  useCommand("record.packOpen", () => field.current?.focus());
  useCommand("record.packMake", view.refusal ? null : () => setMaking(true));
  useCommand("record.packAnswer", opened ? () => setAnswering(true) : null);

  return (
    <div className="flex max-w-[56rem] flex-col gap-8">
      <p className="measure text-ink-2">{t("pack.intro")}</p>
      {came ? <Came pack={came} /> : null}
      {opened ? <FirstPage pack={opened} onAnswer={() => setAnswering(true)} /> : null}
      <OpenPack
        fieldRef={field}
        busy={open.isPending}
        onPath={(path) => open.mutate({ path, content: "" })}
        onContent={(content) => open.mutate({ path: "", content })}
      />
      <Section title={t("pack.makeTitle")}>
        {view.refusal ? (
          <div className="border-l-2 border-warn pl-4">
            <p className="font-medium">{t("pack.notYet")}</p>
            <RefusalBody refusal={view.refusal} />
          </div>
        ) : (
          <Button keys="p" onPress={() => setMaking(true)}>
            {t("pack.make")}
          </Button>
        )}
      </Section>
      {view.late.length > 0 ? <Late acts={view.late} /> : null}
      {making ? <MakePack view={view} onClose={() => setMaking(false)} /> : null}
      {answering && opened ? <SaveAnswer pack={opened} onClose={() => setAnswering(false)} /> : null}
    </div>
  );
}

function OpenPack(props: {
  fieldRef: Ref<HTMLInputElement>;
  busy: boolean;
  onPath: (path: string) => void;
  onContent: (content: string) => void;
}) {
  const { t } = useTranslation();
  const [path, setPath] = useState("");
  return (
    <Section title={t("pack.open")}>
      <p className="measure mb-3 text-ink-2">{t("pack.openHint")}</p>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (path.trim() !== "") props.onPath(path.trim());
        }}
      >
        <TextField
          className="min-w-64 grow"
          label={t("pack.path")}
          value={path}
          onChange={setPath}
          placeholder={t("pack.pathExample")}
          inputRef={props.fieldRef}
        />
        <Button type="submit" isPending={props.busy} isDisabled={path.trim() === ""}>
          {t("pack.openNow")}
        </Button>
        <FileChoice label={t("pack.choose")} busy={props.busy} onBytes={(content) => props.onContent(content)} />
      </form>
    </Section>
  );
}

/** What stands on the first page of the PDF, too: read before anything else. */
function FirstPage({ pack, onAnswer }: { pack: OpenedPack; onAnswer: () => void }) {
  const { t } = useTranslation();
  const pdf = useAct("openPackPdf");
  return (
    <section aria-label={t("pack.opened", { name: pack.to })} className="border border-line px-5 py-4">
      <header className="flex flex-wrap items-start gap-3">
        <PackageOpen size={18} className="mt-0.5 shrink-0 text-accent" aria-hidden="true" />
        <h2 className="min-w-0 grow text-base font-semibold">{t("pack.opened", { name: pack.to })}</h2>
        {pack.pdf ? (
          <Button isPending={pdf.isPending} onPress={() => pdf.mutate(undefined)}>
            {t("pack.pdf")}
          </Button>
        ) : null}
        <Button look="primary" keys="w" onPress={onAnswer}>
          {t("pack.answer")}
        </Button>
      </header>
      <Facts
        className="num mt-4"
        facts={[
          [t("pack.from"), pack.from],
          [t("pack.asOf"), moment(pack.as_of)],
          [
            t("pack.goodUntil"),
            pack.good_until ? (
              <span key="until">
                {moment(pack.good_until)}
                {pack.past ? <span className="ml-2 font-medium text-warn">{t("pack.past")}</span> : null}
              </span>
            ) : (
              t("pack.noEnd")
            ),
          ],
          [t("pack.restsOn"), t("pack.rests", { policy: pack.policy, roster: pack.roster_version })],
        ]}
      />
      <h3 className="mt-5 mb-1.5 font-medium">{t("pack.leftOut")}</h3>
      <LeftOut lines={pack.omissions} />
      {pack.refused.length > 0 ? (
        <>
          <h3 className="mt-5 mb-1.5 font-medium">{t("pack.refused")}</h3>
          <Refused lines={pack.refused} />
        </>
      ) : null}
      <h3 className="mt-5 mb-1.5 font-medium">{t("pack.toReview")}</h3>
      {pack.changes.length === 0 ? (
        <p className="text-ink-2">{t("pack.noChanges")}</p>
      ) : (
        <ul>
          {pack.changes.map((change) => (
            <Change key={change.key} change={change} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Change({ change }: { change: PackChange }) {
  const { t } = useTranslation();
  const Mark = change.signed ? CircleCheck : CircleDashed;
  return (
    <li className="grid min-h-9 grid-cols-[6.5rem_minmax(0,1fr)_6.5rem_11rem_7rem] items-center gap-x-4 border-t border-line py-1.5">
      <Link
        to="/changes/$change"
        params={{ change: change.key }}
        className="num inline-flex min-h-6 items-center rounded-sm font-medium text-accent underline-offset-2 hover:underline"
      >
        {change.key}
      </Link>
      <span className="min-w-0">
        <span className="block truncate">{change.title}</span>
        {change.newer_here ? <span className="block text-xs text-ink-2">{t("pack.newerHere")}</span> : null}
      </span>
      {change.level ? (
        <LevelMark level={change.level} />
      ) : (
        <span className="text-xs text-ink-2">{t("pack.notScored")}</span>
      )}
      <span className="num text-xs text-ink-2">
        {t("pack.planned", { ticked: change.plan_ticked, total: change.plan_total })}
      </span>
      <span className={`inline-flex items-center gap-1.5 ${change.signed ? "text-good" : "text-ink-2"}`}>
        <Mark size={14} className="shrink-0" aria-hidden="true" />
        {t(change.signed ? "pack.signed" : "pack.unsigned")}
      </span>
    </li>
  );
}

/** An answer that was brought back. */
function Came({ pack }: { pack: OpenedPack }) {
  const { t } = useTranslation();
  return (
    <section role="status" aria-label={t("pack.came", { name: pack.from })} className="border-l-2 border-good pl-4">
      <h2 className="font-semibold">{t("pack.came", { name: pack.from })}</h2>
      <p className="num mt-0.5">{t("pack.cameCount", { count: pack.came })}</p>
      {pack.refused.length > 0 ? (
        <div className="mt-3">
          <h3 className="mb-1 font-medium">{t("pack.refused")}</h3>
          <Refused lines={pack.refused} />
        </div>
      ) : null}
      {pack.late.length > 0 ? (
        <div className="mt-3">
          <h3 className="mb-1 font-medium">{t("pack.late")}</h3>
          <LateList acts={pack.late} />
        </div>
      ) : null}
    </section>
  );
}

function Refused({ lines }: { lines: string[] }) {
  return (
    <ul className="flex flex-col gap-1">
      {lines.map((line) => (
        <li key={line} className="flex items-start gap-2">
          <CircleX size={15} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
          <span className="measure min-w-0 break-words">{line}</span>
        </li>
      ))}
    </ul>
  );
}
