import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { DateEntry, Select, TextArea } from "../ds/fields";
import { day } from "../ds/time";
import type { MeetingView } from "../ipc/contract";
import { useAct, useShow } from "../ipc/queries";

/** What people take away from the meeting; the minutes list it. */
export function Actions({ view }: { view: MeetingView }) {
  const { t } = useTranslation();
  const [giving, setGiving] = useState(false);
  return (
    <div className="flex shrink-0 items-start gap-3 border-t border-line px-4 py-3">
      {giving ? <GiveAction view={view} onClose={() => setGiving(false)} /> : null}
      <div className="min-w-0 grow">
        <p className="eyebrow">{t("meeting.actions")}</p>
        {view.actions.length > 0 ? (
          <ul className="num mt-1 flex flex-col gap-1 text-xs">
            {view.actions.map((action) => (
              <li key={`${action.owner} ${action.due_on ?? ""} ${action.text}`}>
                {action.due_on
                  ? t("meeting.actionLineDue", { text: action.text, owner: action.owner, day: day(action.due_on) })
                  : t("meeting.actionLine", { text: action.text, owner: action.owner })}
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      <Button onPress={() => setGiving(true)}>{t("meeting.action")}</Button>
    </div>
  );
}

function GiveAction({ view, onClose }: { view: MeetingView; onClose: () => void }) {
  const { t } = useTranslation();
  const show = useShow();
  const [text, setText] = useState("");
  const [owner, setOwner] = useState(view.seats[0]?.member.id ?? "");
  const [due, setDue] = useState("");
  const meeting = view.meeting.id;
  const give = useAct("assignAction", {
    onDone: (next) => {
      show("meeting", { meeting }, next);
      onClose();
    },
  });
  return (
    <DialogFrame
      title={t("meeting.actionTitle")}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button
            look="primary"
            isPending={give.isPending}
            isDisabled={text.trim() === "" || owner === ""}
            onPress={() => give.mutate({ meeting, text, owner, due_on: due === "" ? null : due })}
          >
            {t("meeting.actionAssign")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <TextArea label={t("meeting.actionText")} value={text} onChange={setText} autoFocus required />
        <Select
          label={t("meeting.actionOwner")}
          value={owner}
          onChange={setOwner}
          choices={view.seats.map((seat) => ({ value: seat.member.id, label: seat.member.name }))}
        />
        <DateEntry label={t("meeting.actionDue")} value={due} onChange={setDue} />
      </div>
    </DialogFrame>
  );
}
