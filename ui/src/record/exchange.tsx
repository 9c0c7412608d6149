import { CircleX, Clock3, Database, FolderSync, GitCompareArrows, History, Trash2, Unplug } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../ds/button";
import { TextField } from "../ds/fields";
import { Section } from "../ds/layout";
import { moment } from "../ds/time";
import type { ForkRow, HeldParcel, RecordView } from "../ipc/contract";
import { useAct, useShow } from "../ipc/queries";
import { Late } from "./late";
import { Settle } from "./settle";

/** Where entries travel, what the last exchange did, and what is not part of the record yet. */
export function Exchange({ view, busy, onExchange }: { view: RecordView; busy: boolean; onExchange: () => void }) {
  const { t } = useTranslation();
  const last = view.last_exchange;
  const [settling, setSettling] = useState<ForkRow | null>(null);
  return (
    <div className="flex max-w-[52rem] flex-col gap-8">
      <Folders view={view} />
      {view.relays.length > 0 ? (
        <Section title={t("record.lastExchange")}>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2" aria-live="polite">
            <Button
              look="primary"
              icon={<FolderSync size={15} aria-hidden="true" />}
              isPending={busy}
              onPress={onExchange}
            >
              {t("record.exchangeNow")}
            </Button>
            {last ? (
              <p className="num">
                <span className="text-ink-2">{moment(last.at)}: </span>
                {last.came + last.went === 0
                  ? t("record.nothingNew")
                  : t("record.exchanged", { came: last.came, went: last.went })}
              </p>
            ) : (
              <p className="text-ink-2">{t("record.neverExchanged")}</p>
            )}
          </div>
          {view.came_back ? (
            <p className="mt-4 flex items-start gap-3">
              <History size={16} className="mt-0.5 shrink-0 text-ink-2" aria-hidden="true" />
              <span className="measure min-w-0 break-words">
                <span className="num text-ink-2">{moment(view.came_back.at)}: </span>
                {view.came_back.told}
              </span>
            </p>
          ) : null}
          {last && last.unreachable.length > 0 ? (
            <div role="alert" className="mt-4 flex items-start gap-3 border-l-2 border-warn pl-4">
              <Unplug size={16} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
              <div className="min-w-0">
                <p className="font-medium">{t("record.unreachable")}</p>
                {last.unreachable.map((line) => (
                  <p key={line} className="measure break-words">
                    {line}
                  </p>
                ))}
                <p className="mt-0.5 text-ink-2">{t("record.unreachableHint")}</p>
              </div>
            </div>
          ) : null}
          {last && last.not_ours > 0 ? (
            <p className="measure mt-3 text-ink-2">{t("record.notOurs", { count: last.not_ours })}</p>
          ) : null}
          {last && last.told.length > 0 ? (
            <div role="alert" className="mt-4 flex items-start gap-3 border-l-2 border-bad pl-4">
              <CircleX size={16} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
              <div className="min-w-0">
                <p className="font-medium">{t("record.told", { count: last.told.length })}</p>
                <p className="mt-0.5 text-ink-2">{t("record.toldHint")}</p>
              </div>
            </div>
          ) : null}
        </Section>
      ) : null}
      {view.disputes.length > 0 ? (
        <Section title={t("record.disputes")}>
          {view.disputes.map((line) => (
            <p key={line} className="flex items-start gap-2.5">
              <GitCompareArrows size={16} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
              <span className="measure">{line}</span>
            </p>
          ))}
          <div className="mt-3 flex flex-wrap gap-2">
            {disputed(view).map((fork) => (
              <Button key={`${fork.key}:${fork.epoch}`} onPress={() => setSettling(fork)}>
                {t("record.settle", { name: fork.owner })}
              </Button>
            ))}
          </div>
        </Section>
      ) : null}
      {view.late.length > 0 ? <Late acts={view.late} /> : null}
      <Section title={t("record.held")}>
        {view.held.length === 0 ? (
          <p className="text-ink-2">{t("record.noneHeld")}</p>
        ) : (
          <ul>
            {view.held.map((parcel) => (
              <Held key={parcel.digest} parcel={parcel} />
            ))}
          </ul>
        )}
      </Section>
      {settling ? <Settle fork={settling} onClose={() => setSettling(null)} /> : null}
    </div>
  );
}

/** Where the two histories of each device part, as long as nobody has said which counts. */
function disputed(view: RecordView): ForkRow[] {
  const open = view.details.forks.filter((fork) => !fork.settled && fork.entries.every((entry) => !entry.counts));
  return open.filter((fork, at) => open.findIndex((one) => one.key === fork.key && one.epoch === fork.epoch) === at);
}

function Held({ parcel }: { parcel: HeldParcel }) {
  const { t } = useTranslation();
  const Icon = parcel.waits ? Clock3 : CircleX;
  return (
    <li className="grid grid-cols-[7rem_1fr_auto] items-baseline gap-x-4 border-b border-line py-2.5">
      <span className={`inline-flex items-center gap-1.5 font-medium ${parcel.waits ? "text-ink-2" : "text-bad"}`}>
        <Icon size={14} aria-hidden="true" className="shrink-0 self-center" />
        {t(parcel.waits ? "record.waitsMark" : "record.refusedMark")}
      </span>
      <span className="min-w-0">
        {parcel.what}. <span className="text-ink-2">{parcel.plainly}</span>
      </span>
      <span className="num text-xs text-ink-2">{t("record.cameAt", { when: moment(parcel.came) })}</span>
    </li>
  );
}

function Folders({ view }: { view: RecordView }) {
  const { t } = useTranslation();
  const show = useShow();
  const [folder, setFolder] = useState("");
  const set = useAct("setRelayFolders", {
    onDone: (next) => {
      show("record", undefined, next);
      setFolder("");
    },
  });
  const folders = view.relays.flatMap((relay) => relay.folder ?? []);
  const add = () => folder.trim() !== "" && set.mutate({ folders: [...folders, folder.trim()] });
  return (
    <Section title={t("record.relays")}>
      <p className="measure text-ink-2">{t(view.relays.length === 0 ? "record.noRelays" : "record.relaysHint")}</p>
      {view.relays.length > 0 ? (
        <ul className="mt-3">
          {view.relays.map(({ name, folder: one }) => (
            <li key={name} className="flex min-h-11 items-center gap-3 border-b border-line">
              {one === null ? (
                <Database size={15} className="shrink-0 text-ink-2" aria-hidden="true" />
              ) : (
                <FolderSync size={15} className="shrink-0 text-ink-2" aria-hidden="true" />
              )}
              <span className="min-w-0 grow font-mono text-xs break-all">{one ?? name}</span>
              {one === null ? null : (
                <IconButton
                  label={t("record.removeFolder", { folder: one })}
                  icon={<Trash2 size={15} />}
                  onPress={() => set.mutate({ folders: folders.filter((other) => other !== one) })}
                />
              )}
            </li>
          ))}
        </ul>
      ) : null}
      <form
        className="mt-4 flex items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <TextField
          className="grow"
          label={t("record.folder")}
          value={folder}
          onChange={setFolder}
          placeholder={t("record.folderExample")}
        />
        <Button type="submit" isPending={set.isPending} isDisabled={folder.trim() === ""}>
          {t("record.addFolder")}
        </Button>
      </form>
    </Section>
  );
}
