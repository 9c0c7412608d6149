import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { TextField } from "../ds/fields";
import { FormDialog } from "../ds/form-dialog";
import type { WrapUp } from "../ipc/contract";
import { useAct, useShow } from "../ipc/queries";

/** When and where the board meets next: settled in session, read afterwards. */
export function NextMeeting({ view }: { view: WrapUp }) {
  const { t } = useTranslation();
  const [settling, setSettling] = useState(false);
  const inSession = view.meeting.state === "in_session";
  useCommand("wrapUp.next", inSession ? () => setSettling(true) : null);
  return (
    <div className="mt-4 flex flex-wrap items-center gap-4 border-t border-line pt-3">
      <p className="grow">
        <span className="font-medium">{t("minutes.next")}:</span> {view.next_meeting ?? t("minutes.nextNone")}
      </p>
      {inSession ? (
        <Button keys="m" onPress={() => setSettling(true)}>
          {t("minutes.settle")}
        </Button>
      ) : null}
      {settling ? <Settle view={view} onClose={() => setSettling(false)} /> : null}
    </div>
  );
}

function Settle({ view, onClose }: { view: WrapUp; onClose: () => void }) {
  const { t } = useTranslation();
  const show = useShow();
  const meeting = view.meeting.id;
  const [when, setWhen] = useState(view.next_meeting ?? "");
  const settle = useAct("settleNextMeeting", {
    onDone: (next) => {
      show("wrapUp", { meeting }, next);
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("minutes.nextTitle")}
      act={t("minutes.settleNow")}
      busy={settle.isPending}
      ready={when.trim() !== ""}
      onAct={() => settle.mutate({ meeting, when: when.trim() })}
      onClose={onClose}
    >
      <p className="measure">{t("minutes.nextHint")}</p>
      <TextField
        label={t("minutes.when")}
        value={when}
        onChange={setWhen}
        placeholder={t("minutes.whenExample")}
        autoFocus
        required
      />
    </FormDialog>
  );
}
