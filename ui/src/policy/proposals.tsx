import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { Section } from "../ds/layout";
import { Key } from "../ds/marks";
import { moment } from "../ds/time";
import type { PolicyProposal } from "../ipc/contract";

/** What reviews propose for the policy: who, when, of which change; one that is open can be made into a draft. */
export function Proposals(props: { proposals: PolicyProposal[]; onDraft: (text: string) => void }) {
  const { t } = useTranslation();
  const { proposals } = props;
  const open = proposals.filter((one) => one.taken_up === null).length;
  if (proposals.length === 0) return null;
  return (
    <Section title={t("policy.proposals", { count: open })}>
      <p className="measure text-ink-2">{t("policy.proposalsHint")}</p>
      <ul
        aria-label={t("policy.proposals", { count: open })}
        className="mt-2 divide-y divide-line border-y border-line"
      >
        {proposals.map((one) => (
          <Proposal key={one.id} one={one} onDraft={props.onDraft} />
        ))}
      </ul>
    </Section>
  );
}

function Proposal({ one, onDraft }: { one: PolicyProposal; onDraft: (text: string) => void }) {
  const { t } = useTranslation();
  const { text } = one;
  return (
    <li className="flex flex-wrap items-start gap-3 py-2.5">
      <div className="min-w-64 grow basis-0">
        <p className="flex flex-wrap items-baseline gap-x-2.5">
          <Link
            to="/changes/$change"
            params={{ change: one.change }}
            className="rounded-sm font-medium text-accent underline"
          >
            <Key id={one.change} />
          </Link>
          <span className="text-ink-2">{t("policy.proposedBy", { name: one.by, when: moment(one.at) })}</span>
        </p>
        <p className="measure mt-0.5 break-words whitespace-pre-wrap">{one.words}</p>
        {one.settings.map((line) => (
          <p key={line} className="mt-0.5 font-mono text-xs break-words">
            {line}
          </p>
        ))}
        {one.problems.map((line) => (
          <p key={line} className="measure mt-0.5 break-words text-bad">
            {line}
          </p>
        ))}
        <p className={`mt-0.5 ${one.taken_up === null ? "text-ink-2" : "text-good"}`}>
          {one.taken_up !== null
            ? t("policy.takenUp", { policy: one.taken_up })
            : t(one.settings.length === 0 ? "policy.inWordsOnly" : "policy.open")}
        </p>
      </div>
      {text !== null ? (
        <Button onPress={() => onDraft(text)}>
          <span>
            <span className="sr-only">{one.change}:</span> {t("policy.beginProposal")}
          </span>
        </Button>
      ) : null}
    </li>
  );
}
