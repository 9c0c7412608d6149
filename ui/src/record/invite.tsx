import { CircleCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { Checkbox, Select, TextField } from "../ds/fields";
import { SixWords } from "../ds/six-words";
import { person } from "../first-run/first-run";
import { ROLES } from "../first-run/people";
import type { MemberDraft, RecordMember, RecordView, Role } from "../ipc/contract";
import { useAct } from "../ipc/queries";

/** `haddad`: of a name what a file may be called. */
function fileName(name: string): string {
  const last = name.trim().split(/\s+/).at(-1) ?? "";
  const plain = last.replace(/[^\p{L}\p{N}-]/gu, "").toLowerCase();
  return `${plain || "member"}.invitation`;
}

/** An invitation file for a member of the roster, or for a new seat. */
export function Invite(props: { who: RecordMember | "new"; view: RecordView; onClose: () => void }) {
  const { t } = useTranslation();
  const { who, view, onClose } = props;
  const [seat, setSeat] = useState<MemberDraft>(() => person("", ["board_member"], t("role.board_member")));
  const [path, setPath] = useState<string | null>(null);
  const invite = useAct("invite");
  const name = who === "new" ? seat.name.trim() : who.member.name;
  const target = path ?? `${view.invitation_folder}/${fileName(name)}`;
  const ready = name !== "" && target.trim() !== "";
  const submit = () =>
    ready &&
    invite.mutate({
      member: who === "new" ? null : who.member.id,
      seat: who === "new" ? { ...seat, name } : null,
      path: target.trim(),
    });
  const made = invite.data;
  return (
    <DialogFrame
      title={who === "new" ? t("record.inviteNewTitle") : t("record.inviteTitle", { name })}
      onClose={onClose}
      actions={
        made ? (
          <Button look="primary" autoFocus onPress={onClose}>
            {t("common.close")}
          </Button>
        ) : (
          <>
            <Button onPress={onClose}>{t("common.cancel")}</Button>
            <Button look="primary" isPending={invite.isPending} isDisabled={!ready} onPress={submit}>
              {t("record.inviteNow")}
            </Button>
          </>
        )
      }
    >
      {made ? (
        <div className="flex flex-col gap-4" role="status">
          <p className="flex items-start gap-2">
            <CircleCheck size={16} className="mt-0.5 shrink-0 text-good" aria-hidden="true" />
            <span className="min-w-0">
              {t("record.inviteDone", { name: made.name })}
              <span className="mt-1 block font-mono text-xs break-all">{made.path}</span>
            </span>
          </p>
          <div className="flex flex-col gap-2 border-t border-line pt-4">
            <p>{t("record.inviteRead", { name: made.name })}</p>
            <SixWords words={made.roster_words} size="small" />
          </div>
        </div>
      ) : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <p className="text-ink-2">{t("record.inviteHint")}</p>
          {view.relays.length === 0 ? (
            <p className="flex items-start gap-2 text-warn">
              <TriangleAlert size={15} className="mt-0.5 shrink-0" aria-hidden="true" />
              {t("record.inviteNoFolder")}
            </p>
          ) : null}
          {who === "new" ? <SeatFields seat={seat} onSeat={setSeat} /> : null}
          <TextField label={t("record.path")} value={target} onChange={setPath} autoFocus={who !== "new"} required />
          <button type="submit" hidden />
        </form>
      )}
    </DialogFrame>
  );
}

function SeatFields({ seat, onSeat }: { seat: MemberDraft; onSeat: (seat: MemberDraft) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <TextField
        label={t("record.name")}
        value={seat.name}
        onChange={(name) => onSeat({ ...seat, name })}
        autoFocus
        required
      />
      <div className="grid grid-cols-2 gap-3">
        <Select
          label={t("record.role")}
          value={seat.roles[0] ?? "board_member"}
          onChange={(role) =>
            onSeat({
              ...seat,
              roles: [role as Role],
              seat: t(`role.${role as Role}`),
              voting: role !== "auditor",
            })
          }
          choices={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
        />
        <TextField
          label={t("record.account")}
          value={seat.account ?? ""}
          onChange={(account) => onSeat({ ...seat, account: account || null })}
        />
      </div>
      <p className="-mt-2 text-xs text-ink-2">{t("record.accountHint")}</p>
      <div className="flex gap-6">
        <Checkbox checked={seat.voting} onChange={(voting) => onSeat({ ...seat, voting })}>
          {t("firstRun.people.voting")}
        </Checkbox>
        <Checkbox checked={seat.mandatory} onChange={(mandatory) => onSeat({ ...seat, mandatory })}>
          {t("firstRun.people.mandatory")}
        </Checkbox>
      </div>
    </>
  );
}
