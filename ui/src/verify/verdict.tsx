import { CircleCheck, CircleX, type LucideIcon, PenLine, ShieldCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Facts, Section } from "../ds/layout";
import { moment, bytes as size } from "../ds/time";
import type {
  DocumentHeld,
  DocumentRefused,
  DocumentSignature,
  DocumentUnsaid,
  DocumentVerdict,
} from "../ipc/contract";

/** Of how many changes it is told which fields are not in an edition. */
const MOST_UNSAID = 12;

type Says = "own" | "given" | "nothing" | "uncompared" | "refused";

/** Pages that another edition of Cabinet drew: nothing is held against them, and they do not hold. */
const OTHER_LAYOUT = "other-layout";

const LOOK: Record<Says, { icon: LucideIcon; box: string; ink: string }> = {
  own: { icon: ShieldCheck, box: "border-good bg-good-soft", ink: "text-good" },
  given: { icon: ShieldCheck, box: "border-good bg-good-soft", ink: "text-good" },
  nothing: { icon: TriangleAlert, box: "border-warn bg-warn-soft", ink: "text-warn" },
  uncompared: { icon: TriangleAlert, box: "border-warn bg-warn-soft", ink: "text-warn" },
  refused: { icon: CircleX, box: "border-bad bg-bad-soft", ink: "text-bad" },
};

/** The verdict in a word and a sentence; colour and sign only repeat it. */
export function Head({ verdict }: { verdict: DocumentVerdict }) {
  const { t } = useTranslation();
  const says: Says = verdict.held?.root ?? (verdict.refused?.code === OTHER_LAYOUT ? "uncompared" : "refused");
  const { icon: Icon, box, ink } = LOOK[says];
  return (
    <div className={`rounded-md border px-4 py-3 ${box}`}>
      <h2 className={`flex items-start gap-2 text-lg font-semibold ${ink}`}>
        <Icon size={20} className="mt-0.5 shrink-0" aria-hidden="true" />
        <span className="min-w-0 break-words">{t(`verify.says.${says}`, { name: verdict.name })}</span>
      </h2>
      <p className="measure mt-1 text-ink">{verdict.refused?.plainly ?? t(`verify.means.${says}`)}</p>
      {verdict.held?.namesake ? <Point tone="warn">{t("verify.namesake", { board: verdict.held.board })}</Point> : null}
      {verdict.held?.sample ? <Point tone="warn">{t("verify.sample")}</Point> : null}
    </div>
  );
}

/** What a document that holds is, who signed it, and what can be said of the rest. */
export function Held({ verdict, held }: { verdict: DocumentVerdict; held: DocumentHeld }) {
  const { t } = useTranslation();
  return (
    <>
      <Section title={t("verify.what")}>
        <Facts
          className="num"
          facts={[
            [t("verify.kind"), t(`verify.document.${held.document}`, { change: held.change })],
            [t("verify.board"), held.board],
            ...(held.meeting === ""
              ? []
              : ([
                  [t("verify.meeting"), held.meeting],
                  [t("verify.date"), t("verify.claimed", { when: inZone(held.called, held.zone) })],
                ] as [string, ReactNode][])),
            ...(held.annex_to === ""
              ? []
              : ([[t("verify.annexTo"), <Digest key="to" text={held.annex_to} />]] as [string, ReactNode][])),
            [t("verify.file"), t("verify.fileOf", { name: verdict.name, size: size(verdict.bytes) })],
            [t("verify.pages"), String(held.pages)],
            ["SHA-256", <Digest key="sha" text={verdict.sha256} />],
          ]}
        />
      </Section>
      <Section title={t("verify.signedBy")}>
        <ul>
          {held.signatures.map((signature) => (
            <Signature key={`${signature.key} ${signature.at}`} signature={signature} zone={held.zone}>
              {t(`verify.under.${held.root}`)}
            </Signature>
          ))}
        </ul>
        {held.unsigned.length > 0 ? (
          <p className="mt-2 text-ink-2">
            {t("verify.unsigned", { count: held.unsigned.length, names: held.unsigned.join(", ") })}{" "}
            {held.next.length > 0 ? t("verify.next", { names: held.next.join(", ") }) : null}
          </p>
        ) : null}
      </Section>
      <Section title={t("verify.since")}>
        <Point tone="good">{t("verify.nothingSince")}</Point>
      </Section>
      <Section title={t("verify.rows")}>
        <Point tone="good">{t("verify.rowsFollow", { count: held.entries })}</Point>
        {held.borrowed.map(({ family, words }) => (
          <Point key={family} tone="warn">
            {t("verify.borrowed", { count: words, family })}
          </Point>
        ))}
      </Section>
      <Section title={t("verify.withheld")}>
        {held.withheld + held.disposed + held.left_out === 0 ? <p>{t("verify.nothingWithheld")}</p> : null}
        {held.withheld > 0 ? <p>{t("verify.withheldFields", { count: held.withheld })}</p> : null}
        <Unsaid all={held.unsaid} />
        {held.disposed > 0 ? <p>{t("verify.disposedFields", { count: held.disposed })}</p> : null}
        {held.left_out > 0 ? <p>{t("verify.leftOut", { count: held.left_out })}</p> : null}
      </Section>
      <Section title={t("verify.comparedWith")}>
        <Point tone={held.root === "nothing" ? "warn" : "good"}>{t(`verify.compared.${held.root}`)}</Point>
        <Facts
          className="num mt-2"
          facts={[
            [t("verify.certificateRoot"), <Digest key="root" text={held.certificate_root} />],
            [t("verify.rosterWords"), held.roster_words],
          ]}
        />
      </Section>
    </>
  );
}

/** Which fields of which changes an edition does not say, and what of them is in it all the same. */
function Unsaid({ all }: { all: DocumentUnsaid[] }) {
  const { t } = useTranslation();
  if (all.length === 0) return null;
  const more = all.length - MOST_UNSAID;
  return (
    <ul className="my-1 list-disc pl-5">
      {all.slice(0, MOST_UNSAID).map(({ change, fields, entries }) => (
        <li key={`${change} ${entries}`} className="measure break-words">
          {t(entries ? "verify.unsaidEntries" : "verify.unsaidFields", { change, fields: fields.join(", ") })}
        </li>
      ))}
      {more > 0 ? <li>{t("verify.unsaidMore", { count: more })}</li> : null}
    </ul>
  );
}

/** Why a document is refused, what of it still holds, and what to do. */
export function Refused({ verdict, refused }: { verdict: DocumentVerdict; refused: DocumentRefused }) {
  const { t } = useTranslation();
  const uncompared = refused.code === OTHER_LAYOUT;
  // Whoever signs after the seal adds a signature and no row.
  const name = refused.signatures.find((signature) => signature.certifies)?.name ?? "";
  return (
    <>
      <Section title={t("verify.since")}>
        {uncompared ? (
          <Point tone="warn">{t("verify.nothingCompared")}</Point>
        ) : refused.signatures_hold ? (
          <Point tone="warn">{t("verify.signaturesHold")}</Point>
        ) : refused.sealed_bytes > 0 ? (
          <>
            <Point tone="bad">{t("verify.added", { count: refused.added_bytes })}</Point>
            <p className="measure mt-2">{t("verify.sealedPart", { size: size(refused.sealed_bytes) })}</p>
            <Signers refused={refused} />
          </>
        ) : (
          <Point tone="bad">{t("verify.noPartHolds")}</Point>
        )}
      </Section>
      {refused.signatures_hold ? (
        <Section title={t("verify.signedAsItIs")}>
          {refused.code === "page-mismatch" ? (
            <>
              <Point tone="bad">{t("verify.notFollowing", { name })}</Point>
              <p className="measure mt-2">{t("verify.notConclude", { name })}</p>
            </>
          ) : null}
          <Signers refused={refused} />
        </Section>
      ) : null}
      <Section title={t("verify.toDo")}>
        <p className="measure">{uncompared ? t("verify.otherEdition") : t("verify.remedy")}</p>
      </Section>
      <Section title={t("verify.further")}>
        <Facts
          className="num"
          facts={[
            [t("verify.code"), <code key="code">{refused.code}</code>],
            [t("verify.detail"), refused.detail],
            [t("verify.file"), t("verify.fileOf", { name: verdict.name, size: size(verdict.bytes) })],
            ["SHA-256", <Digest key="sha" text={verdict.sha256} />],
          ]}
        />
      </Section>
    </>
  );
}

/** Who signed what still holds of a document that is refused. */
function Signers({ refused }: { refused: DocumentRefused }) {
  const { t } = useTranslation();
  return (
    <ul className="mt-1">
      {refused.signatures.map((signature) => (
        <Signature key={`${signature.key} ${signature.at}`} signature={signature} zone="UTC">
          {t(`verify.under.${refused.root}`)}
        </Signature>
      ))}
    </ul>
  );
}

function Signature(props: { signature: DocumentSignature; zone: string; children?: ReactNode }) {
  const { t } = useTranslation();
  const { name, role, meaning, at, key, certifies, stamped_at, stamped_by, stamp_root, certificate } = props.signature;
  return (
    <li className="flex items-start gap-3 border-t border-line py-2">
      <PenLine size={15} className="mt-0.5 shrink-0 text-ink-2" aria-hidden="true" />
      <div className="min-w-0 grow">
        <p>
          <span className="font-medium">{t("verify.signer", { name, role })}</span>{" "}
          <span className="num text-ink-2">{t("verify.claimed", { when: inZone(at, props.zone) })}</span>
        </p>
        <p className="measure">{t(certifies ? "verify.seals" : "verify.signs", { meaning })}</p>
        {certificate ? (
          <p className="measure">
            {t("verify.corporate", { issuer: certificate.issuer, subject: certificate.subject })}
          </p>
        ) : null}
        {stamped_at === "" ? null : (
          <p className="measure">
            {t(`verify.stamped.${stamp_root}`, { when: inZone(stamped_at, props.zone), by: stamped_by })}
          </p>
        )}
        {props.children ? <p>{props.children}</p> : null}
        <p className="text-xs text-ink-2">
          {t("verify.key")} <Digest text={key} />
        </p>
      </div>
    </li>
  );
}

const POINT: Record<"good" | "warn" | "bad", { icon: LucideIcon; ink: string }> = {
  good: { icon: CircleCheck, ink: "text-good" },
  warn: { icon: TriangleAlert, ink: "text-warn" },
  bad: { icon: CircleX, ink: "text-bad" },
};

function Point({ tone, children }: { tone: keyof typeof POINT; children: ReactNode }) {
  const { icon: Icon, ink } = POINT[tone];
  return (
    <p className="mt-1 flex items-start gap-2">
      <Icon size={16} className={`mt-0.5 shrink-0 ${ink}`} aria-hidden="true" />
      <span className="measure min-w-0">{children}</span>
    </p>
  );
}

function Digest({ text }: { text: string }) {
  return <span className="font-mono text-xs break-all">{text}</span>;
}

/** With its zone; a document of strangers may name one that there is not. */
function inZone(at: string, zone: string): string {
  try {
    return `${moment(at, zone)} ${zone.replace("_", " ")}`;
  } catch {
    return `${moment(at, "UTC")} UTC`;
  }
}
