import { useTranslation } from "react-i18next";
import { Button } from "../ds/button";
import { Facts, Section } from "../ds/layout";
import { Clause } from "../ds/marks";
import { moment, shortDigest } from "../ds/time";
import type { PolicyView, SettingInWords } from "../ipc/contract";
import { Proposals } from "./proposals";

/** The policy in force: who adopted it, what it says in words, its text, and how it is changed. */
export function InForce({ view, onDraft }: { view: PolicyView; onDraft: (text: string) => void }) {
  const { t } = useTranslation();
  return (
    <div className="flex max-w-[60rem] flex-col gap-8">
      <section>
        <h2 className="num text-lg font-semibold">{view.name}</h2>
        <p className="mt-0.5 text-ink-2">{t(`policy.strength.${view.strength}`)}</p>
        <Facts
          className="mt-3"
          facts={[
            [
              t("policy.adopted"),
              view.adopted_at
                ? t("policy.adoptedBy", { name: view.adopted_by, when: moment(view.adopted_at) })
                : t("policy.fromStart"),
            ],
            [
              t("policy.blocks"),
              <span key="blocks" className="flex flex-wrap gap-1">
                {view.blocking.map((clause) => (
                  <Clause key={clause} id={clause} />
                ))}
              </span>,
            ],
            [
              t("policy.digest"),
              <span key="digest" className="font-mono text-xs" title={view.digest}>
                {shortDigest(view.digest)}
              </span>,
            ],
            [t("policy.holders"), view.holders.map((holder) => holder.name).join(", ")],
          ]}
        />
      </section>
      <Section title={t("policy.change")}>
        <p className="measure text-ink-2">{t("policy.changeHint")}</p>
        <p className="measure mt-1 text-ink-2">{t("policy.undo")}</p>
        <div className="mt-3 flex flex-wrap gap-2">
          <Button look="primary" onPress={() => onDraft(view.text)}>
            {t("policy.beginInForce")}
          </Button>
          {view.packs.map((pack) => (
            <Button key={pack.strength} onPress={() => onDraft(pack.text)}>
              {t("policy.beginWith", { strength: pack.strength })}
            </Button>
          ))}
        </div>
      </Section>
      <Proposals proposals={view.proposals} onDraft={onDraft} />
      {view.sections.map((section) => (
        <Section
          key={section.key}
          title={section.title}
          aside={section.clause === "" ? null : <Clause id={section.clause} />}
        >
          <dl className="divide-y divide-line border-y border-line">
            {section.settings.map((setting) => (
              <Setting key={setting.path} setting={setting} />
            ))}
          </dl>
        </Section>
      ))}
      <details>
        <summary className="cursor-default rounded-sm font-semibold">{t("policy.text")}</summary>
        <p className="measure mt-1 text-ink-2">{t(view.as_adopted ? "policy.asAdopted" : "policy.fromRules")}</p>
        <pre
          tabIndex={0}
          className="scroll mt-2 max-h-[32rem] rounded-md border border-line bg-paper p-3 font-mono text-xs leading-5"
        >
          {view.text}
        </pre>
      </details>
    </div>
  );
}

function Setting({ setting }: { setting: SettingInWords }) {
  const { t } = useTranslation();
  return (
    <div className="grid grid-cols-[minmax(10rem,20rem)_1fr] gap-4 py-2.5">
      <dt className="text-ink-2">
        {setting.says} {setting.clause === "" ? null : <Clause id={setting.clause} />}
        <span className="block font-mono text-xs">{setting.path}</span>
      </dt>
      <dd className="min-w-0 break-words">
        {setting.values.length === 0 ? <span className="text-ink-2">{t("common.none")}</span> : null}
        {setting.values.length > 1 ? (
          <ul>
            {setting.values.map((value) => (
              <li key={value}>{value}</li>
            ))}
          </ul>
        ) : (
          setting.values[0]
        )}
      </dd>
    </div>
  );
}
