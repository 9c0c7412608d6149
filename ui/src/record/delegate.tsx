import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { DialogFrame } from "../ds/dialog";
import { DateEntry, Radios, Select, TextField } from "../ds/fields";
import { shortDay } from "../ds/time";
import type { DelegationsView, MeetingHead } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A form field's local time as the program reads it; empty stays empty. */
function utc(local: string): string {
  return local === "" ? "" : new Date(local).toISOString();
}

/** The day after a meeting begins: it may begin late, and it ends at some time. */
function dayAfter(meeting: MeetingHead): string {
  return new Date(Math.max(Date.now(), Date.parse(meeting.starts_at)) + DAY_MS).toISOString();
}

/** Who sits in one's own seat, for a time or for one meeting; signed in the signing window, with the PIN. */
export function Delegate({ view, onClose }: { view: DelegationsView; onClose: () => void }) {
  const { t } = useTranslation();
  const meetings = (useView("listMeetings").data ?? []).filter(
    (meeting) => meeting.state === "draft" || meeting.state === "in_session",
  );
  const [to, setTo] = useState<string | null>(null);
  const [span, setSpan] = useState("time");
  const [which, setWhich] = useState<string | null>(null);
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const sign = useAct("requestSigning", { onDone: onClose });

  const meeting = span === "meeting" ? (meetings.find((one) => one.id === which) ?? meetings[0]) : undefined;
  const dates = meeting ? { from: "", until: dayAfter(meeting) } : { from: utc(from), until: utc(until) };
  const begins = dates.from === "" ? Date.now() : Date.parse(dates.from);
  const backwards = dates.until !== "" && Date.parse(dates.until) <= begins;
  const ready = to !== null && dates.until !== "" && !backwards;
  const submit = () => {
    if (to === null || !ready) return;
    const seat = { member: view.member.id, to, meeting: meeting?.id ?? "", reason: reason.trim() };
    sign.mutate({ subject: { kind: "delegation", ...seat, ...dates } });
  };
  return (
    <DialogFrame
      title={t("delegation.delegateTitle", { name: view.member.name })}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" isPending={sign.isPending} isDisabled={!ready} onPress={submit}>
            {t("delegation.sign")}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p>{t(view.delegates.length > 0 ? "delegation.delegateHint" : "delegation.nobody")}</p>
        <Select
          label={t("delegation.to")}
          value={to}
          onChange={setTo}
          placeholder={t("delegation.choose")}
          choices={view.delegates.map((member) => ({ value: member.id, label: member.name }))}
        />
        {meetings.length > 0 ? (
          <Radios
            label={t("delegation.howLong")}
            value={span}
            onChange={setSpan}
            choices={[
              { value: "time", label: t("delegation.time"), detail: t("delegation.timeDetail") },
              { value: "meeting", label: t("delegation.meeting"), detail: t("delegation.meetingDetail") },
            ]}
          />
        ) : null}
        {meeting ? (
          <Select
            label={t("delegation.which")}
            value={meeting.id}
            onChange={setWhich}
            choices={meetings.map((one) => ({
              value: one.id,
              label: `${one.title}, ${shortDay(one.starts_at, one.zone)}`,
            }))}
          />
        ) : (
          <>
            <DateEntry
              label={t("delegation.from")}
              value={from}
              onChange={setFrom}
              withTime
              hint={t("delegation.fromHint")}
            />
            <DateEntry
              label={t("delegation.until")}
              value={until}
              onChange={setUntil}
              withTime
              hint={t(backwards ? "delegation.backwards" : "delegation.untilHint")}
            />
          </>
        )}
        <TextField
          label={t("delegation.reason")}
          value={reason}
          onChange={setReason}
          placeholder={t("delegation.reasonExample")}
          hint={t("delegation.reasonHint")}
        />
        <button type="submit" hidden />
      </form>
    </DialogFrame>
  );
}
