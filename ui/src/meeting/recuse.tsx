import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { Select, TextField } from "../ds/fields";
import type { ConsoleItem } from "../ipc/contract";
import { useAct } from "../ipc/queries";

/** Conflict of interest: the member leaves vote and quorum of this item, and the minutes say why. */
export function RecuseDialog(props: {
  meeting: string;
  item: ConsoleItem;
  onClose: () => void;
  onDone: (item: ConsoleItem) => void;
}) {
  const { t } = useTranslation();
  const { votes } = props.item;
  const recused = votes.filter((vote) => vote.recused);
  const free = votes.filter((vote) => !vote.recused);
  const [member, setMember] = useState<string | null>(free[0]?.member.id ?? null);
  const [reason, setReason] = useState("");
  const done = (item: ConsoleItem) => {
    props.onDone(item);
    props.onClose();
  };
  const recuse = useAct("recuse", { onDone: done });
  const unrecuse = useAct("unrecuse", { onDone: done });
  const target = { meeting: props.meeting, item: props.item.id };
  return (
    <DialogFrame
      title={t("meeting.recuseTitle", { key: props.item.change.row.key })}
      onClose={props.onClose}
      actions={
        <>
          <Button onPress={props.onClose}>{t("common.cancel")}</Button>
          <Button
            look="primary"
            isDisabled={member === null || reason.trim() === ""}
            onPress={() => member && recuse.mutate({ ...target, member, reason: reason.trim() })}
          >
            {t("meeting.recuseNow")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-ink-2">{t("meeting.recuseHint")}</p>
        <Select
          label={t("meeting.member")}
          value={member}
          onChange={setMember}
          choices={free.map((vote) => ({ value: vote.member.id, label: `${vote.member.name}, ${vote.seat}` }))}
        />
        <TextField label={t("meeting.reason")} value={reason} onChange={setReason} required />
        {recused.length > 0 ? (
          <ul className="border-t border-line pt-3">
            {recused.map((vote) => (
              <li key={vote.member.id} className="flex items-center justify-between gap-3">
                <span>
                  {vote.member.name} <span className="block text-xs text-ink-2">{vote.recused}</span>
                </span>
                <Button look="quiet" onPress={() => unrecuse.mutate({ ...target, member: vote.member.id })}>
                  {t("meeting.unrecuse")}
                </Button>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </DialogFrame>
  );
}
