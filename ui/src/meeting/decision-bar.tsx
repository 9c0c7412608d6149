import { CircleSlash2, Plus, X } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../ds/button";
import { DateEntry, Select, TextArea, TextField } from "../ds/fields";
import { DecisionMark } from "../ds/marks";
import { useNotices } from "../ds/notices";
import { RefusalBody } from "../ds/refusal";
import type { ConsoleItem, DecideRequest, DecisionBasis, DecisionKind, Seat } from "../ipc/contract";
import { useAct } from "../ipc/queries";

const ACTS: { kind: DecisionKind; keys: string }[] = [
  { kind: "approved", keys: "a" },
  { kind: "approved_with_conditions", keys: "w" },
  { kind: "rejected", keys: "r" },
  { kind: "deferred", keys: "d" },
  { kind: "more_information", keys: "i" },
];

type ConditionDraft = DecideRequest["conditions"][number] & { key: number };

/** What the board did so far decides the basis; a ruling of the chair is the last resort and says so. */
function basisOf(item: ConsoleItem): DecisionBasis {
  if (item.tally.approve + item.tally.reject + item.tally.abstain > 0) return "vote";
  if (item.consent) return "consent";
  return "chair_ruling";
}

interface Props {
  meeting: string;
  item: ConsoleItem;
  seats: Seat[];
  deciding: DecisionKind | null;
  onDeciding: (kind: DecisionKind | null) => void;
  onConsent: () => void;
  confirmRef: RefObject<(() => void) | null>;
  undecided: number;
  onNext: () => void;
  onDecided: (item: ConsoleItem) => void;
  /** The release of the item, where something of it can still be taken together. */
  release: string | null;
  onTogether: () => void;
  onWrapUp: () => void;
}

export function DecisionBar(props: Props) {
  const { t } = useTranslation();
  const { item, deciding } = props;
  return (
    <section
      data-region="decision"
      aria-label={t("meeting.decisionBar")}
      className="shrink-0 border-t border-line-strong bg-paper"
    >
      {deciding ? <DecisionForm key={deciding} {...props} kind={deciding} /> : null}
      <div className="flex flex-wrap items-center gap-2 px-4 py-2.5">
        <Button keys="Shift+1" onPress={props.onConsent}>
          {t("meeting.consent")}
        </Button>
        <span className="mx-1 h-5 border-l border-line" />
        {ACTS.map(({ kind, keys }) => {
          const refused = item.options.find((option) => option.kind === kind)?.refusal;
          return (
            <Button
              key={kind}
              keys={keys}
              look={deciding === kind ? "primary" : "plain"}
              aria-pressed={deciding === kind}
              icon={
                refused ? (
                  <CircleSlash2 size={14} className="opacity-70" aria-label={t("meeting.refused")} />
                ) : undefined
              }
              onPress={() => props.onDeciding(deciding === kind ? null : kind)}
            >
              {t(`meeting.act.${kind as "approved"}`)}
            </Button>
          );
        })}
        {props.release !== null ? (
          <Button look="quiet" keys="o" onPress={props.onTogether}>
            {t("releases.together", { name: props.release })}
          </Button>
        ) : null}
        <span className="grow" />
        {item.decision && !deciding ? (
          <span className="flex items-center gap-3">
            <DecisionMark decision={item.decision.kind} approval={item.decision.approval} />
            {props.undecided > 0 ? (
              <Button look="primary" keys="n" onPress={props.onNext}>
                {t("meeting.nextUndecided")}
              </Button>
            ) : (
              <Button look="primary" keys="e" onPress={props.onWrapUp}>
                {t("meeting.wrapUp")}
              </Button>
            )}
          </span>
        ) : null}
      </div>
    </section>
  );
}

/** What the policy asks for after a deployment at this level; where it asks nothing, one condition to be written. */
function proposed(afterCare: string[], owner: string): ConditionDraft[] {
  if (afterCare.length === 0) return [{ key: 0, text: "", owner, due_on: null, when: "before" }];
  return afterCare.map((text, key) => ({ key, text, owner, due_on: null, when: "after" }));
}

function DecisionForm(props: Props & { kind: DecisionKind }) {
  const { t } = useTranslation();
  const { kind, item } = props;
  const { say } = useNotices();
  const option = item.options.find((one) => one.kind === kind);
  const [rationale, setRationale] = useState("");
  const [basis, setBasis] = useState<DecisionBasis | null>(null);
  const [until, setUntil] = useState("");
  const afterCare = option?.after_care ?? [];
  const next = useRef(Math.max(1, afterCare.length));
  const [conditions, setConditions] = useState<ConditionDraft[]>(
    kind === "approved_with_conditions"
      ? proposed(afterCare, item.change.implementer ?? item.change.row.author ?? "")
      : [],
  );
  const first = useRef<HTMLTextAreaElement>(null);
  const firstInput = useRef<HTMLInputElement>(null);
  const needsText =
    kind === "rejected" || kind === "deferred" || kind === "more_information" || option?.needs_reason === true;
  useEffect(() => {
    if (kind === "approved_with_conditions") firstInput.current?.focus();
    else if (needsText) first.current?.focus();
  }, [kind, needsText]);

  const decide = useAct("decide", {
    onDone: (decided) => {
      props.onDecided(decided);
      props.onDeciding(null);
      say(t("meeting.recorded", { key: item.change.row.key, decision: t(`decision.${kind}`) }));
    },
  });
  const chosen = basis ?? basisOf(item);
  const confirm = () =>
    decide.mutate({
      meeting: props.meeting,
      item: item.id,
      kind,
      basis: chosen,
      rationale: rationale.trim(),
      conditions: conditions.filter((one) => one.text.trim() !== "").map(({ key: _, ...one }) => one),
      deferred_to: kind === "deferred" && until !== "" ? until : null,
    });
  props.confirmRef.current = option?.refusal ? null : confirm;

  if (option?.refusal)
    return (
      <div className="flex items-start gap-3 border-b border-line bg-bad-soft px-4 py-3" role="alert">
        <CircleSlash2 size={17} className="mt-0.5 shrink-0 text-bad" aria-hidden="true" />
        <div className="grow">
          <RefusalBody refusal={option.refusal} />
        </div>
        <Button look="quiet" keys="Escape" onPress={() => props.onDeciding(null)}>
          {t("common.close")}
        </Button>
      </div>
    );

  const edit = (key: number, part: Partial<ConditionDraft>) =>
    setConditions((old) => old.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const people = [
    ...new Set([...props.seats.map((seat) => seat.member.name), item.change.row.author, item.change.implementer]),
  ].filter((name): name is string => Boolean(name));
  return (
    <div className="scroll flex max-h-[46vh] flex-col gap-3 border-b border-line px-4 py-3">
      <div className="flex items-start gap-4 @max-4xl:flex-wrap">
        <Select
          label={t("meeting.basis")}
          value={chosen}
          onChange={(value) => setBasis(value as DecisionBasis)}
          choices={(["consent", "vote", "chair_ruling"] as const).map((value) => ({
            value,
            label: t(`basis.${value}`),
          }))}
          className="w-64 shrink-0"
        />
        {kind === "deferred" ? (
          <DateEntry
            label={t("meeting.until")}
            value={until}
            onChange={setUntil}
            className="w-44 shrink-0"
            hint={t("meeting.untilHint")}
          />
        ) : null}
        <TextArea
          areaRef={first}
          label={needsText ? t("meeting.reason") : t("meeting.rationale")}
          value={rationale}
          onChange={setRationale}
          rows={2}
          className="grow"
        />
      </div>
      {conditions.map((condition, index) => (
        <div key={condition.key} className="flex items-end gap-3 @max-4xl:flex-wrap">
          <TextField
            inputRef={index === 0 ? firstInput : undefined}
            label={t("meeting.condition", { number: index + 1 })}
            value={condition.text}
            onChange={(text) => edit(condition.key, { text })}
            className="grow"
          />
          <Select
            label={t("meeting.owner")}
            value={condition.owner || null}
            onChange={(owner) => edit(condition.key, { owner })}
            choices={people.map((name) => ({ value: name, label: name }))}
            className="w-44"
          />
          <Select
            label={t("meeting.when")}
            value={condition.when}
            onChange={(when) => edit(condition.key, { when: when as "before" })}
            choices={[
              { value: "before", label: t("meeting.before") },
              { value: "after", label: t("meeting.after") },
            ]}
            className="w-52"
          />
          <DateEntry
            label={t("meeting.due")}
            value={condition.due_on ?? ""}
            onChange={(due) => edit(condition.key, { due_on: due || null })}
            className="w-40"
          />
          <IconButton
            label={t("meeting.removeCondition", { number: index + 1 })}
            icon={<X size={15} />}
            isDisabled={conditions.length === 1}
            onPress={() => setConditions((old) => old.filter((one) => one.key !== condition.key))}
          />
        </div>
      ))}
      <div className="flex items-center gap-2">
        {kind === "approved_with_conditions" ? (
          <Button
            look="quiet"
            icon={<Plus size={14} />}
            onPress={() =>
              setConditions((old) => [
                ...old,
                { key: next.current++, text: "", owner: old.at(-1)?.owner ?? "", due_on: null, when: "before" },
              ])
            }
          >
            {t("meeting.addCondition")}
          </Button>
        ) : null}
        <span className="grow" />
        <Button look="quiet" keys="Escape" onPress={() => props.onDeciding(null)}>
          {t("common.cancel")}
        </Button>
        <Button look="primary" keys="Mod+Enter" isPending={decide.isPending} onPress={confirm}>
          {t("meeting.record", { decision: t(`decision.${kind}`) })}
        </Button>
      </div>
    </div>
  );
}
