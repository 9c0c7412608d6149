import { useTranslation } from "react-i18next";
import { Select } from "../ds/fields";
import { Clause } from "../ds/marks";
import type { MappingProposal, MappingRow } from "../ipc/contract";

const NONE = "none:";

/** Ours on the left, theirs on the right, as their server names it; each choice's values one by one. */
export function MappingTable(props: {
  proposal: MappingProposal;
  mapping: MappingRow[];
  onChange: (mapping: MappingRow[]) => void;
}) {
  const { t } = useTranslation();
  const { proposal, mapping } = props;
  const edit = (target: string, part: Partial<MappingRow>) =>
    props.onChange(mapping.map((row) => (row.target === target ? { ...row, ...part } : row)));

  return (
    <div className="mt-5 divide-y divide-line border-y border-line">
      {proposal.targets.map((target) => {
        const row = mapping.find((one) => one.target === target.target);
        if (!row) return null;
        const field = proposal.fields.find((one) => one.id === row.source);
        return (
          <div key={target.target} className="grid grid-cols-[15rem_18rem_1fr] items-start gap-4 py-2">
            <p className="flex min-h-8 items-center gap-2">
              {target.label} {target.clause ? <Clause id={target.clause} /> : null}
              {target.required ? <span className="text-xs text-ink-2">{t("connection.required")}</span> : null}
            </p>
            <Select
              quiet
              label={t("connection.sourceOf", { field: target.label })}
              value={row.source ?? NONE}
              invalid={target.required && row.source === null}
              onChange={(source) => {
                const next = source === NONE ? null : source;
                const chosen = proposal.fields.find((one) => one.id === next);
                const values =
                  target.choices.length > 0 ? (chosen?.values ?? []).map((remote) => ({ remote, ours: null })) : [];
                edit(target.target, { source: next, values });
              }}
              choices={[
                { value: NONE, label: t("connection.notMapped") },
                ...proposal.fields.map((one) => ({ value: one.id, label: one.name })),
              ]}
            />
            <div className="min-w-0">
              {row.values.length > 0 ? (
                <ul className="flex flex-col gap-1.5">
                  {row.values.map((value) => (
                    <li key={value.remote} className="grid grid-cols-[1fr_1.25rem_12rem] items-center gap-2">
                      <span className="truncate">{value.remote}</span>
                      <span aria-hidden="true" className="text-ink-2">
                        →
                      </span>
                      <Select
                        quiet
                        label={t("connection.meaningOf", { value: value.remote })}
                        value={value.ours}
                        invalid={value.ours === null}
                        placeholder={t("connection.unmappedValue")}
                        onChange={(ours) =>
                          edit(target.target, {
                            values: row.values.map((one) => (one.remote === value.remote ? { ...one, ours } : one)),
                          })
                        }
                        choices={target.choices}
                      />
                    </li>
                  ))}
                </ul>
              ) : field?.example ? (
                <p className="line-clamp-2 pt-1.5 text-ink-2">{t("connection.example", { value: field.example })}</p>
              ) : null}
            </div>
          </div>
        );
      })}
    </div>
  );
}
