import { useNavigate } from "@tanstack/react-router";
import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { Checkbox, Select, TextField } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import { LevelMark } from "../ds/marks";
import { bytes, moment } from "../ds/time";
import type { PackCandidate, PackFile, PacksView } from "../ipc/contract";
import { useAct } from "../ipc/queries";
import { LeftOut } from "./left-out";

const HOURS = [24, 72, 168, 336] as const;

/** `okafor.pack`: of a name what a file may be called. */
function fileName(name: string): string {
  const last = name.trim().split(/\s+/).at(-1) ?? "";
  const plain = last.replace(/[^\p{L}\p{N}-]/gu, "").toLowerCase();
  return `${plain || "review"}.pack`;
}

/** For whom, which changes, until when, and where to. */
export function MakePack({ view, onClose }: { view: PacksView; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const people = view.recipients.filter((one) => one.can_open && !one.here);
  const [to, setTo] = useState(people[0]?.member.id ?? "");
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [others, setOthers] = useState("");
  const [hours, setHours] = useState<number>(72);
  const [path, setPath] = useState<string | null>(null);
  const make = useAct("makePack");
  const name = people.find((one) => one.member.id === to)?.member.name ?? "";
  const target = path ?? `${view.folder}/${fileName(name)}`;
  const chosen = view.candidates.map((one) => one.key).filter((key) => !left.has(key));
  const named = others
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter((key) => key !== "" && !chosen.includes(key));
  const changes = [...chosen, ...named];
  const ready = to !== "" && changes.length > 0 && target.trim() !== "";
  const submit = () => ready && make.mutate({ to, changes, hours, path: target.trim() });

  if (make.data) return <Made file={make.data} onClose={onClose} />;
  if (people.length === 0)
    return (
      <DialogFrame
        title={t("pack.makeTitle")}
        onClose={onClose}
        actions={
          <>
            <Button onPress={onClose}>{t("common.close")}</Button>
            <Button
              look="primary"
              autoFocus
              onPress={() => {
                onClose();
                void navigate({ to: "/record", search: { tab: "members" }, replace: true });
              }}
            >
              {t("pack.toMembers")}
            </Button>
          </>
        }
      >
        <p className="font-medium">{t("pack.nobody")}</p>
        <p className="mt-1 text-ink-2">{t("pack.nobodyHint")}</p>
      </DialogFrame>
    );
  return (
    <FormDialog
      title={t("pack.makeTitle")}
      act={t("pack.makeNow")}
      busy={make.isPending}
      ready={ready}
      onAct={submit}
      onClose={onClose}
    >
      <div className="grid grid-cols-2 gap-3">
        <Select
          label={t("pack.to")}
          value={to}
          onChange={setTo}
          choices={people.map(({ member, seat }) => ({ value: member.id, label: `${member.name}, ${seat}` }))}
        />
        <Select
          label={t("pack.good")}
          value={String(hours)}
          onChange={(value) => setHours(Number(value))}
          choices={HOURS.map((one) => ({ value: String(one), label: t(`pack.hours.h${one}`) }))}
        />
      </div>
      <p className="-mt-2 text-xs text-ink-2">{t("pack.goodHint")}</p>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 font-medium">{t("pack.choices")}</legend>
        {view.candidates.length === 0 ? <p className="text-ink-2">{t("pack.none")}</p> : null}
        {view.candidates.map((one) => (
          <Candidate
            key={one.key}
            candidate={one}
            chosen={!left.has(one.key)}
            onChosen={(on) => {
              const next = new Set(left);
              if (on) next.delete(one.key);
              else next.add(one.key);
              setLeft(next);
            }}
          />
        ))}
      </fieldset>
      <TextField label={t("pack.others")} value={others} onChange={setOthers} hint={t("pack.othersHint")} />
      <TextField label={t("pack.saveTo")} value={target} onChange={setPath} required autoFocus />
    </FormDialog>
  );
}

function Candidate(props: { candidate: PackCandidate; chosen: boolean; onChosen: (on: boolean) => void }) {
  const { t } = useTranslation();
  const { candidate } = props;
  return (
    <Checkbox checked={props.chosen} onChange={props.onChosen}>
      <span className="flex flex-wrap items-baseline gap-x-2.5">
        <span className="num font-medium">{candidate.key}</span>
        <span>{candidate.title}</span>
      </span>
      <span className="flex flex-wrap items-baseline gap-x-2.5 text-xs text-ink-2">
        {candidate.level ? <LevelMark level={candidate.level} /> : null}
        {candidate.why}
      </span>
      {candidate.missing.length > 0 ? (
        <span className="block text-xs text-warn">
          {t("pack.missing", { count: candidate.missing.length, names: candidate.missing.join(", ") })}
        </span>
      ) : null}
    </Checkbox>
  );
}

function Made({ file, onClose }: { file: PackFile; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <DialogFrame
      title={t("pack.makeTitle")}
      onClose={onClose}
      actions={
        <Button look="primary" autoFocus onPress={onClose}>
          {t("common.close")}
        </Button>
      }
    >
      <div className="flex flex-col gap-4" role="status">
        <p className="flex items-start gap-2">
          <CircleCheck size={16} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
          <span className="min-w-0">
            {t("pack.made", { name: file.to })}
            <span className="mt-1 block font-mono text-xs break-all">{file.path}</span>
            <span className="num mt-1 block text-xs text-ink-2">
              {t("pack.madeFacts", { changes: file.changes.join(", "), size: bytes(file.bytes) })}
              {file.good_until ? ` · ${t("pack.goodUntil")} ${moment(file.good_until)}` : ""}
            </span>
          </span>
        </p>
        <div className="border-t border-line pt-4">
          <h3 className="mb-1.5 font-medium">{t("pack.leftOut")}</h3>
          <LeftOut lines={file.omissions} />
        </div>
      </div>
    </DialogFrame>
  );
}
