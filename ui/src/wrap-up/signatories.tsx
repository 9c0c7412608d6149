import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { Select } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import { Failed } from "../ds/layout";
import type { SignatoriesView } from "../ipc/contract";
import { useAct, useShow, useView } from "../ipc/queries";

/** Who signs after the chair, to be chosen until the chair has sealed. */
export function Signatories({ meeting }: { meeting: string }) {
  const { t } = useTranslation();
  const { data: view, error, refetch } = useView("signatories", { meeting });
  const [choosing, setChoosing] = useState(false);
  const able = view !== undefined && view.refusal === null && view.able.length > 0;
  useCommand("wrapUp.signatories", able ? () => setChoosing(true) : null);
  if (error) return <Failed thrown={error} onRetry={() => refetch()} />;
  if (!view || view.refusal !== null) return null;
  return (
    <section aria-label={t("minutes.signatories")} className="mt-6 border-t border-line pt-4">
      <h3 className="font-semibold">{t("minutes.signatories")}</h3>
      {view.turns.length === 0 ? <p className="mt-1">{t("minutes.noSignatories")}</p> : null}
      <ol className="mt-2">
        {view.turns.map((turn, index) => (
          <li key={turn.map((member) => member.id).join(" ")} className="border-t border-line py-1.5">
            <span className="num text-ink-2">{t("minutes.turn", { number: index + 1 })}: </span>
            {turn.map((member) => member.name).join(", ")}
          </li>
        ))}
      </ol>
      {able ? (
        <div className="mt-3">
          <Button keys="t" onPress={() => setChoosing(true)}>
            {t("minutes.chooseSignatories")}
          </Button>
        </div>
      ) : (
        <p className="mt-2 text-ink-2">{t("minutes.nobodyAble")}</p>
      )}
      {choosing ? <Choose meeting={meeting} view={view} onClose={() => setChoosing(false)} /> : null}
    </section>
  );
}

const NOT_ASKED = "0";

/** A turn for each member who could sign, or none. */
function Choose({ meeting, view, onClose }: { meeting: string; view: SignatoriesView; onClose: () => void }) {
  const { t } = useTranslation();
  const show = useShow();
  const choose = useAct("chooseSignatories", {
    onDone: (next) => {
      show("signatories", { meeting }, next);
      onClose();
    },
  });
  const [turns, setTurns] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      view.able.map((member) => {
        const at = view.turns.findIndex((turn) => turn.some((one) => one.id === member.id));
        return [member.id, String(at + 1)];
      }),
    ),
  );
  // A turn that nobody has is no turn: the others move up.
  const act = () => {
    const numbers = [...new Set(Object.values(turns))].filter((turn) => turn !== NOT_ASKED);
    numbers.sort((one, other) => Number(one) - Number(other));
    const members = (turn: string) => view.able.filter((member) => turns[member.id] === turn).map((one) => one.id);
    choose.mutate({ meeting, turns: numbers.map(members) });
  };
  const choices = [
    { value: NOT_ASKED, label: t("minutes.notAsked") },
    ...view.able.map((_, index) => ({
      value: String(index + 1),
      label: t("minutes.turn", { number: index + 1 }),
    })),
  ];
  return (
    <FormDialog
      title={t("minutes.signatoriesTitle")}
      act={t("minutes.keepChoice")}
      busy={choose.isPending}
      onAct={act}
      onClose={onClose}
    >
      <p className="measure">{t("minutes.signatoriesHint")}</p>
      {view.able.map((member) => (
        <Select
          key={member.id}
          label={t("minutes.turnOf", { name: member.name })}
          value={turns[member.id] ?? NOT_ASKED}
          onChange={(turn) => setTurns({ ...turns, [member.id]: turn })}
          choices={choices}
        />
      ))}
    </FormDialog>
  );
}
