import { Navigate, useNavigate } from "@tanstack/react-router";
import { Unplug } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommand } from "../commands/registry";
import { Button } from "../ds/button";
import { TextField } from "../ds/fields";
import { Failed, Reading, Section } from "../ds/layout";
import { useNotices } from "../ds/notices";
import { SixWords } from "../ds/six-words";
import { clock } from "../ds/time";
import type { JoiningView } from "../ipc/contract";
import { useAct, useView } from "../ipc/queries";
import { JoinFrame } from "./frame";

/** How often the shared folder is looked into while somebody waits on a call. */
const EVERY_MS = 4000;

/** The six words, until the board has admitted this device. */
export function Admission() {
  const view = useView("joining");
  const board = useRef("");
  if (view.error) return <Failed thrown={view.error} onRetry={() => view.refetch()} />;
  if (view.data === undefined) return <Reading />;
  if (view.data === null) return <Admitted board={board.current} />;
  board.current = view.data.board;
  return <Waiting view={view.data} onLooked={() => void view.refetch()} />;
}

function Admitted({ board }: { board: string }) {
  const { t } = useTranslation();
  const { say } = useNotices();
  useEffect(() => {
    if (board !== "") say(t("join.admitted", { board }));
  }, [board, say, t]);
  return <Navigate to="/" replace />;
}

function Waiting({ view, onLooked }: { view: JoiningView; onLooked: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const exchange = useAct("exchange", { quiet: true, onDone: onLooked });
  const reachable = view.folders.length > 0;
  const { mutate, isPending } = exchange;
  const busy = useRef(false);
  busy.current = isPending;
  // From the start and then every few seconds, one at a time, as long as this page is open.
  useEffect(() => {
    if (!reachable) return;
    const look = () => {
      if (!busy.current) mutate(undefined);
    };
    look();
    const timer = setInterval(look, EVERY_MS);
    return () => clearInterval(timer);
  }, [reachable, mutate]);
  const lookNow = () => !isPending && mutate(undefined);
  const leave = () => navigate({ to: "/" });
  useCommand("join.look", reachable ? lookNow : null);
  useCommand("layer.close", leave);
  const last = view.last_exchange;
  return (
    <JoinFrame step="words" title={t("join.waitTitle")} intro={t("join.waitIntro", { board: view.board })}>
      <div className="flex flex-col gap-6">
        <SixWords words={view.words} />
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <p aria-live="polite" className="grow">
            <span className="font-medium">{t("join.waiting")}</span>{" "}
            {last ? <span className="num text-ink-2">{t("join.looked", { time: clock(last.at) })}</span> : null}
          </p>
          {reachable ? (
            <Button keys="l" onPress={lookNow}>
              {t("join.lookNow")}
            </Button>
          ) : null}
          <Button keys="Escape" onPress={leave}>
            {t("join.stop")}
          </Button>
        </div>
        {last && last.unreachable.length > 0 ? (
          <div role="alert" className="flex items-start gap-3 border-l-2 border-warn pl-4">
            <Unplug size={16} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
            <div className="min-w-0">
              <p className="font-medium">{t("join.unreachable")}</p>
              {last.unreachable.map((line) => (
                <p key={line} className="measure break-words text-ink-2">
                  {line}
                </p>
              ))}
            </div>
          </div>
        ) : null}
        {!reachable || (last && last.unreachable.length > 0) ? <Folder view={view} /> : null}
        <AsFile view={view} />
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line pt-3">
          <p className="min-w-64 grow basis-0">
            <span className="block">{t("join.pack")}</span>
            <span className="block text-ink-2">{t("join.packHint")}</span>
          </p>
          <Button onPress={() => navigate({ to: "/record", search: { tab: "packs" } })}>{t("join.packAct")}</Button>
        </div>
        <p className="border-t border-line pt-4 text-xs text-ink-2">
          {t("join.rootWords", { words: view.roster_words.join(" ") })}
        </p>
      </div>
    </JoinFrame>
  );
}

function Folder({ view }: { view: JoiningView }) {
  const { t } = useTranslation();
  const [folder, setFolder] = useState(view.folders[0] ?? "");
  const set = useAct("setRelayFolders");
  return (
    <Section title={view.folders.length === 0 ? t("join.noFolder") : t("record.relays")}>
      <p className="measure mb-3 text-ink-2">{t("join.noFolderHint")}</p>
      <form
        className="flex items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (folder.trim() !== "") set.mutate({ folders: [folder.trim()] });
        }}
      >
        <TextField
          className="grow"
          label={t("record.folder")}
          value={folder}
          onChange={setFolder}
          placeholder={t("record.folderExample")}
        />
        <Button type="submit" isPending={set.isPending} isDisabled={folder.trim() === ""}>
          {t("record.addFolder")}
        </Button>
      </form>
    </Section>
  );
}

function AsFile({ view }: { view: JoiningView }) {
  const { t } = useTranslation();
  const [path, setPath] = useState(view.file);
  const save = useAct("saveEnrolment");
  return (
    <details className="border-t border-line pt-3">
      <summary className="cursor-default rounded-sm text-ink-2 hover:text-ink">{t("join.asFile")}</summary>
      <p className="measure mt-3 text-ink-2">{t("join.asFileHint")}</p>
      <form
        className="mt-3 flex items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate({ path: path.trim() });
        }}
      >
        <TextField className="grow" label={t("join.saveTo")} value={path} onChange={setPath} />
        <Button type="submit" isPending={save.isPending} isDisabled={path.trim() === ""}>
          {t("join.save")}
        </Button>
      </form>
      {save.isSuccess ? (
        <p role="status" className="mt-2 text-good">
          {t("join.saved")}
        </p>
      ) : null}
    </details>
  );
}
