import { Plus, X } from "lucide-react";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../ds/button";
import { Checkbox, Select, TextField } from "../ds/fields";
import type { MemberDraft, Role } from "../ipc/contract";
import { person } from "./first-run";

export const ROLES: Role[] = [
  "board_member",
  "technical_lead",
  "cto",
  "security",
  "release_manager",
  "service_manager",
  "auditor",
];

/** Who sits on the board: names and seats. Their keys come when they enrol; until then they vote by voice. */
export function People({ people, onChange }: { people: MemberDraft[]; onChange: (people: MemberDraft[]) => void }) {
  const { t } = useTranslation();
  const list = useRef<HTMLUListElement>(null);
  const edit = (index: number, part: Partial<MemberDraft>) =>
    onChange(people.map((one, i) => (i === index ? { ...one, ...part } : one)));
  const add = () => {
    onChange([...people, person("", ["board_member"], t("role.board_member"))]);
    setTimeout(() => list.current?.querySelector<HTMLInputElement>("li:last-child input")?.focus(), 30);
  };
  return (
    <div>
      {people.length > 0 ? (
        <ul ref={list} className="flex flex-col gap-4">
          {people.map((one, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a form have no identity but their place
            <li key={index} className="border-b border-line pb-4">
              <div className="grid grid-cols-[1fr_13rem_9rem_auto] items-end gap-3">
                <TextField
                  label={t("firstRun.people.name")}
                  value={one.name}
                  onChange={(name) => edit(index, { name })}
                />
                <Select
                  label={t("firstRun.people.role")}
                  value={one.roles[0] ?? "board_member"}
                  onChange={(role) =>
                    edit(index, { roles: [role as Role], seat: t(`role.${role as Role}`), voting: role !== "auditor" })
                  }
                  choices={ROLES.map((role) => ({ value: role, label: t(`role.${role}`) }))}
                />
                <TextField
                  label={t("firstRun.people.account")}
                  value={one.account ?? ""}
                  onChange={(account) => edit(index, { account: account || null })}
                />
                <IconButton
                  label={t("firstRun.people.remove", { name: one.name })}
                  icon={<X size={15} />}
                  onPress={() => onChange(people.filter((_, i) => i !== index))}
                />
              </div>
              <div className="mt-2 flex gap-6">
                <Checkbox checked={one.voting} onChange={(voting) => edit(index, { voting })}>
                  {t("firstRun.people.voting")}
                </Checkbox>
                <Checkbox checked={one.mandatory} onChange={(mandatory) => edit(index, { mandatory })}>
                  {t("firstRun.people.mandatory")}
                </Checkbox>
              </div>
            </li>
          ))}
        </ul>
      ) : null}
      <Button className="mt-4" icon={<Plus size={15} />} onPress={add}>
        {t("firstRun.people.add")}
      </Button>
    </div>
  );
}
