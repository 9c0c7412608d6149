import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { DateEntry, TextField } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import { day } from "../ds/time";
import { useAct } from "../ipc/queries";

/** Next full hour, as a local date and time of a form field. */
function soon(now: Date): string {
  const next = new Date(now);
  next.setHours(next.getHours() + 1, 0, 0, 0);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${next.getFullYear()}-${two(next.getMonth() + 1)}-${two(next.getDate())}T${two(next.getHours())}:00`;
}

export function NewMeeting({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [starts, setStarts] = useState(() => soon(new Date()));
  const [place, setPlace] = useState("");
  const [title, setTitle] = useState("");
  const when = new Date(starts);
  const suggested = Number.isNaN(when.getTime()) ? "" : t("meetings.suggestedTitle", { day: day(when.toISOString()) });
  const create = useAct("createMeeting", {
    onDone: (meeting) => {
      onClose();
      void navigate({ to: "/meetings/$meeting/agenda", params: { meeting: meeting.id } });
    },
  });
  const submit = () =>
    create.mutate({
      title: title.trim() || suggested,
      starts_at: when.toISOString(),
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC",
      place: place.trim(),
    });
  return (
    <FormDialog
      title={t("meetings.create")}
      act={t("meetings.createNow")}
      busy={create.isPending}
      ready={suggested !== ""}
      onAct={submit}
      onClose={onClose}
    >
      <TextField label={t("meetings.title")} value={title} onChange={setTitle} placeholder={suggested} autoFocus />
      <DateEntry withTime label={t("meetings.starts")} value={starts} onChange={setStarts} />
      <TextField label={t("meetings.place")} value={place} onChange={setPlace} hint={t("meetings.placeHint")} />
    </FormDialog>
  );
}
