import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { Checkbox, Select, TextField } from "../ds/fields";
import { FailureBody } from "../ds/notices";
import { RefusalBody } from "../ds/refusal";
import type { BoardError, ConnectionTest, ConnectionView, DryRun, MappingProposal, MappingRow } from "../ipc/contract";
import { asBoardError } from "../ipc/errors";
import { useAct } from "../ipc/queries";
import { CapabilityList } from "./connection";
import { DryRunTable } from "./dry-run";
import { MappingTable } from "./mapping";

/** Three questions: where and as whom; which project and what its fields mean; does it come out right. */
export function ConnectionGuide(props: {
  known: ConnectionView | null;
  onDone: () => void;
  onCancel: (() => void) | null;
}) {
  const { t } = useTranslation();
  const { known } = props;
  const [url, setUrl] = useState(known?.url ?? "");
  const [apiKey, setApiKey] = useState("");
  const [allowHttp, setAllowHttp] = useState(false);
  const [test, setTest] = useState<ConnectionTest | null>(null);
  const [project, setProject] = useState<string | null>(null);
  const [proposal, setProposal] = useState<MappingProposal | null>(null);
  const [mapping, setMapping] = useState<MappingRow[]>([]);
  const [prefix, setPrefix] = useState(known?.prefix ?? "");
  const [dry, setDry] = useState<DryRun | null>(null);
  const [problem, setProblem] = useState<BoardError | null>(null);
  const fail = { onError: (thrown: unknown) => setProblem(asBoardError(thrown)) };

  const tryIt = useAct("testConnection", {
    quiet: true,
    onDone: (answer) => {
      setTest(answer);
      setProblem(null);
      setProposal(null);
      setDry(null);
      const only = answer.projects.length === 1 ? answer.projects[0] : undefined;
      if (only) choose(answer.draft, only.id);
    },
  });
  const propose = useAct("proposeMapping", {
    quiet: true,
    onDone: (answer) => {
      setProposal(answer);
      setMapping(answer.mapping);
      if (prefix === "") setPrefix(answer.suggested_prefix);
      setProblem(null);
    },
  });
  const dryRun = useAct("dryRunMapping", {
    quiet: true,
    onDone: (answer) => {
      setDry(answer);
      setProblem(null);
    },
  });
  const sync = useAct("sync");
  const save = useAct("saveConnection", {
    quiet: true,
    onDone: () => {
      sync.mutate(undefined);
      props.onDone();
    },
  });
  const choose = (draft: string, id: string) => {
    setProject(id);
    setDry(null);
    propose.mutate({ draft, project: id }, fail);
  };
  const insecure = /^http:\/\//i.test(url) && !/^http:\/\/(localhost|127\.|\[::1\])/i.test(url);

  return (
    <div data-region="sheet" tabIndex={0} className="scroll h-full px-6 py-8 outline-none">
      <div className="mx-auto flex max-w-[60rem] flex-col gap-9">
        <header className="flex items-end justify-between">
          <div>
            <h1 className="text-2xl font-semibold tracking-tight">{t("connection.title")}</h1>
            <p className="measure mt-1 text-base text-ink-2">{t("connection.intro")}</p>
          </div>
          {props.onCancel ? <Button onPress={props.onCancel}>{t("common.cancel")}</Button> : null}
        </header>

        <Question number={1} title={t("connection.where")}>
          <form
            className="flex max-w-[34rem] flex-col gap-4"
            onSubmit={(event) => {
              event.preventDefault();
              tryIt.mutate(
                { system: "redmine", url: url.trim(), api_key: apiKey === "" ? null : apiKey, allow_http: allowHttp },
                fail,
              );
            }}
          >
            <TextField
              label={t("connection.url")}
              type="url"
              value={url}
              onChange={setUrl}
              placeholder="https://redmine.example.org"
              autoFocus={known === null}
            />
            <TextField
              label={t("connection.apiKey")}
              type="password"
              value={apiKey}
              onChange={setApiKey}
              hint={known ? t("connection.apiKeyKept") : t("connection.apiKeyHint")}
            />
            {insecure ? (
              <Checkbox checked={allowHttp} onChange={setAllowHttp}>
                <span className="font-medium">{t("connection.allowHttp")}</span>
                <span className="block text-ink-2">{t("connection.allowHttpHint")}</span>
              </Checkbox>
            ) : null}
            <div>
              <Button
                look={test ? "plain" : "primary"}
                type="submit"
                isPending={tryIt.isPending}
                isDisabled={url.trim() === ""}
              >
                {tryIt.isPending ? t("connection.testing") : t("connection.test")}
              </Button>
            </div>
          </form>
          {test ? (
            <div className="mt-5 flex flex-col gap-3">
              <p>{t("connection.reached", { server: test.server, account: test.account })}</p>
              {test.warnings.map((warning) => (
                <p key={warning} className="flex gap-2 text-warn">
                  <TriangleAlert size={15} className="mt-0.5 shrink-0" aria-hidden="true" /> {warning}
                </p>
              ))}
              <CapabilityList capabilities={test.capabilities} />
            </div>
          ) : null}
        </Question>

        {test ? (
          <Question number={2} title={t("connection.what")}>
            <div className="flex gap-4">
              <Select
                label={t("connection.project")}
                value={project}
                onChange={(id) => choose(test.draft, id)}
                choices={test.projects.map((one) => ({
                  value: one.id,
                  label: t("connection.projectChoice", { name: one.name, count: one.changes }),
                }))}
                placeholder={t("connection.chooseProject")}
                className="w-96"
              />
              {proposal ? (
                <TextField
                  label={t("connection.prefix")}
                  value={prefix}
                  onChange={setPrefix}
                  hint={t("connection.prefixHint", { prefix: prefix || "CHG" })}
                  className="w-56"
                />
              ) : null}
            </div>
            {proposal ? (
              <MappingTable
                proposal={proposal}
                mapping={mapping}
                onChange={(next) => {
                  setMapping(next);
                  setDry(null);
                }}
              />
            ) : null}
          </Question>
        ) : null}

        {proposal && test && project ? (
          <Question number={3} title={t("connection.dryRun")}>
            <p className="measure text-ink-2">{t("connection.dryRunHint")}</p>
            <div className="mt-3">
              <Button
                look={dry?.ready ? "plain" : "primary"}
                isPending={dryRun.isPending}
                onPress={() => dryRun.mutate({ draft: test.draft, project, mapping }, fail)}
              >
                {t("connection.runDry")}
              </Button>
            </div>
            {dry ? <DryRunTable dry={dry} targets={proposal.targets} /> : null}
            {dry ? (
              <div className="mt-5 flex items-center gap-4">
                <Button
                  look="primary"
                  isDisabled={!dry.ready}
                  isPending={save.isPending}
                  onPress={() => save.mutate({ draft: test.draft, project, prefix: prefix.trim(), mapping }, fail)}
                >
                  {t("connection.save")}
                </Button>
                <p className="text-ink-2">
                  {dry.ready ? t("connection.ready") : t("connection.notReady", { count: dry.problems })}
                </p>
              </div>
            ) : null}
          </Question>
        ) : null}

        {problem ? (
          <div role="alert" className="ml-10 border-l-2 border-bad pl-4">
            {problem.kind === "refused" ? <RefusalBody refusal={problem.detail} /> : <FailureBody error={problem} />}
          </div>
        ) : null}
      </div>
    </div>
  );
}

export function Question(props: { number: number; title: string; children: React.ReactNode }) {
  return (
    <section className="grid grid-cols-[2rem_1fr] gap-x-2">
      <span aria-hidden="true" className="num text-lg text-ink-3">
        {props.number}
      </span>
      <div className="min-w-0">
        <h2 className="mb-3 text-lg font-semibold">{props.title}</h2>
        {props.children}
      </div>
    </section>
  );
}
