import { FileText, Paperclip } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Circulars } from "../circulars/circulars";
import { GateActLines, useActKeys, useActs } from "../dispensations/acts";
import { SaidList } from "../dispensations/said";
import { Button } from "../ds/button";
import { Section } from "../ds/layout";
import { Clause } from "../ds/marks";
import { BlockText, DiffText } from "../ds/text";
import { bytes, moment, shortDigest } from "../ds/time";
import type { Attachment, ChangeView, Difference } from "../ipc/contract";
import { useAct } from "../ipc/queries";
import { GateList, gatesOf } from "./gates";
import { Relations } from "./relations";

export function Overview({ change }: { change: ChangeView }) {
  const { t } = useTranslation();
  const { acts, failed, open, dialog } = useActs(change.row.id);
  const gates = gatesOf(change);
  useActKeys(gates, acts, open);
  return (
    <div className="flex max-w-[56rem] flex-col gap-8">
      {dialog}
      {change.since_last_looked.length > 0 && change.last_looked_at ? (
        <SinceLastLooked at={change.last_looked_at} differences={change.since_last_looked} />
      ) : null}
      <Section title={t("change.description")}>
        {change.description.length > 0 ? (
          <BlockText blocks={change.description} />
        ) : (
          <p className="text-ink-2">{t("change.noDescription")}</p>
        )}
      </Section>
      <Section title={t("change.requiredFields")} aside={requiredAside(change, t("change.allPresent"))}>
        <dl className="divide-y divide-line border-y border-line">
          {change.required_fields.map((field) => (
            <div key={field.field} className="grid grid-cols-[13rem_1fr] gap-4 py-2.5">
              <dt className="flex items-baseline gap-2 text-ink-2">
                {field.label} <Clause id={field.clause} />
              </dt>
              <dd>
                {field.present && field.field === "description" ? (
                  <span className="text-ink-2">{t("change.seeAbove")}</span>
                ) : field.present ? (
                  <BlockText blocks={field.value} className="text-sm leading-5.5" />
                ) : (
                  <span className="font-medium text-bad">{t("change.missing")}</span>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </Section>
      <Circulars change={change.row.key} undecided={change.decision === null} />
      <Section title={t("change.gates")}>
        {failed ? (
          <p className="measure mb-2 text-bad" role="alert">
            {t("dispensations.unread")}
          </p>
        ) : null}
        <GateList
          gates={gates}
          act={acts ? (gate) => <GateActLines gate={gate} acts={acts} open={open} /> : undefined}
        />
      </Section>
      {acts && acts.said.length > 0 ? (
        <Section title={t("dispensations.said")}>
          <SaidList
            words={acts.said}
            onSecond={(word) => open({ kind: "second", word })}
            onTakeBack={(word) => open({ kind: "takeBack", word })}
          />
        </Section>
      ) : null}
      {change.relations.length > 0 ? (
        <Section title={t("change.relations")}>
          <Relations relations={change.relations} />
        </Section>
      ) : null}
      {change.attachments.length > 0 ? (
        <Section title={t("change.attachments")}>
          <ul className="divide-y divide-line border-y border-line">
            {change.attachments.map((attachment) => (
              <AttachmentLine key={attachment.id} change={change.row.id} attachment={attachment} />
            ))}
          </ul>
        </Section>
      ) : null}
    </div>
  );
}

function requiredAside(change: ChangeView, allPresent: string) {
  const present = change.required_fields.filter((field) => field.present).length;
  const total = change.required_fields.length;
  return <span className="num">{present === total ? allPresent : `${present} / ${total}`}</span>;
}

export function SinceLastLooked({ at, differences }: { at: string; differences: Difference[] }) {
  const { t } = useTranslation();
  return (
    <section className="border-l-2 border-accent pl-4" aria-label={t("change.since", { when: moment(at) })}>
      <h2 className="text-sm font-semibold">{t("change.since", { when: moment(at) })}</h2>
      <ul className="mt-2 flex flex-col gap-3">
        {differences.map((difference) => (
          <li key={difference.field}>
            <p className="mb-1 flex items-baseline gap-2">
              {difference.label}
              <span className={`text-xs ${difference.material ? "font-medium text-warn" : "text-ink-2"}`}>
                {t(difference.material ? "change.material" : "change.notMaterial")}
              </span>
            </p>
            <DiffText lines={difference.lines} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function AttachmentLine({ change, attachment }: { change: string; attachment: Attachment }) {
  const { t } = useTranslation();
  const download = useAct("downloadAttachment");
  const Icon = attachment.material ? FileText : Paperclip;
  return (
    <li className="flex min-h-10 items-center gap-3 py-1.5">
      <Icon size={15} className="shrink-0 text-ink-2" aria-hidden="true" />
      <span className="min-w-0 truncate">{attachment.name}</span>
      <span className="num shrink-0 text-xs text-ink-2">{bytes(attachment.bytes)}</span>
      {attachment.material ? (
        <span className="shrink-0 text-xs text-ink-2">{t("change.materialAttachment")}</span>
      ) : null}
      <span className="grow" />
      {attachment.disposed ? (
        <span className="min-w-0 text-xs text-ink-2" title={attachment.digest ?? undefined}>
          {t(attachment.disposed.ground === "erasure" ? "change.disposedErasure" : "change.disposedRetention", {
            who: attachment.disposed.by,
            when: moment(attachment.disposed.at),
            why: attachment.disposed.reason,
          })}
        </span>
      ) : attachment.digest ? (
        <span className="num font-mono text-xs text-ink-2" title={attachment.digest}>
          {shortDigest(attachment.digest)}
        </span>
      ) : (
        <Button
          look="quiet"
          isPending={download.isPending}
          onPress={() => download.mutate({ change, attachment: attachment.id })}
        >
          {t("change.download")}
        </Button>
      )}
    </li>
  );
}
