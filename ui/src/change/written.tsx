import { Copy, FilePenLine } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { Select } from "../ds/fields";
import { FileChoice } from "../ds/file-choice";
import { Facts, Failed, Section } from "../ds/layout";
import { useNotices } from "../ds/notices";
import { RefusalBody } from "../ds/refusal";
import { moment } from "../ds/time";
import type { WrittenOffer, WrittenView } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

/** Sign-offs in writing: who can be asked, and the comments on the ticket that answer. */
export function Written({ change }: { change: string }) {
  const { t } = useTranslation();
  const { data: view, error, refetch } = useView("written", { change });
  const [asking, setAsking] = useState(false);
  const [counting, setCounting] = useState<WrittenOffer | null>(null);
  const [mailing, setMailing] = useState(false);
  const first = view?.offers.find((offer) => offer.refusal === null);
  const can = view !== undefined && view.authorities.length > 0;
  useCommand("change.askInWriting", can ? () => setAsking(true) : null);
  useCommand("change.countWritten", first ? () => setCounting(first) : null);
  if (error) return <Failed thrown={error} onRetry={() => refetch()} />;
  if (!view) return null;
  return (
    <Section title={t("written.title")}>
      <p className="measure text-ink-2">{t("written.hint")}</p>
      {view.refusal ? (
        <div className="mt-3 border-l-2 border-warn pl-3">
          <RefusalBody refusal={view.refusal} />
        </div>
      ) : null}
      {view.facts.length > 0 && view.offers.length === 0 ? <p className="mt-2">{t("written.noOffers")}</p> : null}
      <ul className="mt-2 divide-y divide-line">
        {view.offers.map((offer) => (
          <Offer
            key={`${offer.member.id} ${offer.comment}`}
            offer={offer}
            first={offer === first}
            onCount={() => setCounting(offer)}
          />
        ))}
      </ul>
      <div className="mt-3">
        {can ? (
          <div className="flex flex-wrap gap-2">
            <Button keys="w" onPress={() => setAsking(true)}>
              {t("written.ask")}
            </Button>
            {view.facts.length > 0 ? (
              <Button look="quiet" onPress={() => setMailing(true)}>
                {t("written.mail")}
              </Button>
            ) : null}
          </div>
        ) : (
          <p>{t("written.nobody")}</p>
        )}
      </div>
      {asking ? (
        <Ask
          change={change}
          view={view}
          onClose={() => {
            setAsking(false);
            void refetch();
          }}
        />
      ) : null}
      {mailing ? <Mail change={change} view={view} onClose={() => setMailing(false)} /> : null}
      {counting ? <Count change={change} view={view} offer={counting} onClose={() => setCounting(null)} /> : null}
    </Section>
  );
}

function Offer(props: { offer: WrittenOffer; first: boolean; onCount: () => void }) {
  const { t } = useTranslation();
  const { offer } = props;
  const about = { name: offer.member.name, when: moment(offer.at) };
  return (
    <li className="flex flex-wrap items-start gap-3 py-3">
      <FilePenLine size={15} className="mt-0.5 shrink-0 text-ink-2" aria-hidden="true" />
      <div className="min-w-64 grow basis-0">
        <p className="font-medium">
          {offer.verdict === "approve" ? t("written.approves", about) : t("written.rejects", about)}
        </p>
        <p className="measure mt-1 font-mono text-xs break-words">{offer.quote}</p>
        {offer.refusal ? (
          <div className="mt-2">
            <RefusalBody refusal={offer.refusal} />
          </div>
        ) : null}
      </div>
      {offer.refusal ? null : (
        <Button keys={props.first ? "c" : undefined} onPress={props.onCount}>
          <span>
            <span className="sr-only">{offer.member.name}: </span>
            {t("written.count")}
          </span>
        </Button>
      )}
    </li>
  );
}

/** What is quoted, with what it speaks for; recorded in the signing window, with the PIN. */
function Count(props: { change: string; view: WrittenView; offer: WrittenOffer; onClose: () => void }) {
  const { t } = useTranslation();
  const { change, view, offer, onClose } = props;
  const { member, comment } = offer;
  const sign = useAct("requestSigning", { onDone: onClose });
  return (
    <DialogFrame
      title={t("written.countTitle", { name: member.name })}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button
            look="primary"
            autoFocus
            isPending={sign.isPending}
            onPress={() => sign.mutate({ subject: { kind: "written", change, member: member.id, comment } })}
          >
            {t("written.sign")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="measure">{t("written.countHint", { name: member.name })}</p>
        <div>
          <p className="font-medium">{t("written.line")}</p>
          <p className="mt-1 font-mono text-xs break-words">{offer.quote}</p>
        </div>
        <div>
          <p className="mb-1 font-medium">{t("written.speaksFor")}</p>
          <Facts facts={view.facts} />
        </div>
        {view.counts ? null : <p className="measure text-warn">{t("written.countsNot")}</p>}
      </div>
    </DialogFrame>
  );
}

/** A mail as it was received. What it says is read and quoted in the signing window. */
function Mail({ change, view, onClose }: { change: string; view: WrittenView; onClose: () => void }) {
  const { t } = useTranslation();
  const [member, setMember] = useState(view.authorities.length === 1 ? (view.authorities[0]?.id ?? null) : null);
  const [mail, setMail] = useState<{ content: string; file: string } | null>(null);
  const sign = useAct("requestSigning", { onDone: onClose });
  const submit = () => {
    if (member === null || mail === null) return;
    sign.mutate({ subject: { kind: "written_mail", change, member, content: mail.content } });
  };
  return (
    <DialogFrame
      title={t("written.mailTitle")}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button
            look="primary"
            isPending={sign.isPending}
            isDisabled={member === null || mail === null}
            onPress={submit}
          >
            {t("written.sign")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="measure text-ink-2">{t("written.mailHint")}</p>
        <Select
          label={t("written.mailWho")}
          value={member}
          onChange={setMember}
          placeholder={t("written.choose")}
          choices={view.authorities.map((one) => ({ value: one.id, label: one.name }))}
        />
        <div>
          <FileChoice label={t("written.mailFile")} onBytes={(content, file) => setMail({ content, file })} />
          {mail ? <p className="mt-1.5 break-all">{t("written.mailChosen", { file: mail.file })}</p> : null}
        </div>
        {view.counts ? null : <p className="measure text-warn">{t("written.countsNot")}</p>}
      </div>
    </DialogFrame>
  );
}

/** Makes the question to be sent: the one line that would count, and what it is about. */
function Ask({ change, view, onClose }: { change: string; view: WrittenView; onClose: () => void }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  const [member, setMember] = useState(view.authorities.length === 1 ? (view.authorities[0]?.id ?? null) : null);
  const ask = useAct("askInWriting");
  const asking = ask.data;
  const copy = (text: string) => void navigator.clipboard.writeText(text).then(() => say(t("written.copied")));
  return (
    <DialogFrame
      title={t("written.askTitle")}
      onClose={onClose}
      actions={
        asking ? (
          <>
            <Button onPress={onClose}>{t("common.close")}</Button>
            <Button look="primary" autoFocus onPress={() => copy(asking.text)}>
              <Copy size={14} aria-hidden="true" />
              {t("written.copy")}
            </Button>
          </>
        ) : (
          <>
            <Button onPress={onClose}>{t("common.cancel")}</Button>
            <Button
              look="primary"
              isPending={ask.isPending}
              isDisabled={member === null}
              onPress={() => member !== null && ask.mutate({ change, member })}
            >
              {t("written.make")}
            </Button>
          </>
        )
      }
    >
      {asking ? (
        <div className="flex flex-col gap-3" role="status">
          <p>{t("written.made", { name: asking.member })}</p>
          <pre className="rounded-md border border-line bg-paper p-3 font-mono text-xs break-words whitespace-pre-wrap">
            {asking.text}
          </pre>
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          <p className="measure text-ink-2">{t("written.askHint")}</p>
          <Select
            label={t("written.who")}
            value={member}
            onChange={setMember}
            placeholder={t("written.choose")}
            choices={view.authorities.map((one) => ({ value: one.id, label: one.name }))}
          />
        </div>
      )}
    </DialogFrame>
  );
}
