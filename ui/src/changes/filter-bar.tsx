import { Check, ListFilter, OctagonX, Search, Undo2, X } from "lucide-react";
import type { Ref } from "react";
import {
  Button,
  Input,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  SearchField,
  ToggleButton,
  ToggleButtonGroup,
} from "react-aria-components";
import { useTranslation } from "react-i18next";
import { IconButton } from "../ds/button";
import { Kbd } from "../ds/kbd";
import { KindMark, LevelMark } from "../ds/marks";
import type { ChangeKind, ChangesPage, ChangesQuery, RiskLevel } from "../ipc/contract";
import { VIEWS } from "./changes";
import { changeQuery, useListState } from "./list-state";

const KINDS: ChangeKind[] = ["standard", "normal", "emergency"];
const LEVELS: RiskLevel[] = ["low", "medium", "high", "critical"];

export function FilterBar(props: {
  inputRef: Ref<HTMLInputElement>;
  counts: ChangesPage["counts"] | undefined;
  total: number | undefined;
  /** Null where no row is under the cursor. */
  onWhy: (() => void) | null;
  onReturn: () => void;
}) {
  const { t } = useTranslation();
  const { query } = useListState();
  return (
    <div
      data-region="filter"
      className="flex min-h-12 shrink-0 items-center gap-x-3 gap-y-1.5 border-b border-line px-4 py-2 @max-3xl:flex-wrap"
    >
      <ToggleButtonGroup
        aria-label={t("changes.views")}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[query.view]}
        onSelectionChange={(keys) => changeQuery({ view: [...keys][0] as ChangesQuery["view"] })}
        className="flex gap-1"
      >
        {VIEWS.map((view) => (
          <ToggleButton
            key={view}
            id={view}
            className="flex h-8 items-center gap-1.5 rounded-md px-2.5 whitespace-nowrap text-ink-2 data-[hovered]:bg-sunken data-[selected]:bg-accent-soft data-[selected]:font-medium data-[selected]:text-ink"
          >
            {t(`changes.view.${view}`)}
            <span className="num text-xs text-ink-2">{props.counts?.[view] ?? ""}</span>
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <div className="grow" />
      <IconButton
        label={t("command.changes.why")}
        keys="w"
        icon={<OctagonX size={15} />}
        isDisabled={props.onWhy === null}
        onPress={() => {
          props.onWhy?.();
          // The next key is the list's again, or Enter would press this button.
          document.querySelector<HTMLElement>("[role=grid]")?.focus();
        }}
      />
      <IconButton label={t("command.changes.returns")} keys="t" icon={<Undo2 size={15} />} onPress={props.onReturn} />
      <FilterMenu
        label={t("changes.level")}
        values={LEVELS}
        selected={query.levels}
        onChange={(levels) => changeQuery({ levels: levels as RiskLevel[] })}
        draw={(level) => <LevelMark level={level as RiskLevel} />}
        word={(level) => t(`level.${level as RiskLevel}`)}
      />
      <FilterMenu
        label={t("changes.kind")}
        values={KINDS}
        selected={query.kinds}
        onChange={(kinds) => changeQuery({ kinds: kinds as ChangeKind[] })}
        draw={(kind) => <KindMark kind={kind as ChangeKind} />}
        word={(kind) => t(`kind.${kind as ChangeKind}`)}
      />
      <SearchField
        aria-label={t("changes.filter")}
        value={query.text}
        onChange={(text) => changeQuery({ text })}
        className="group relative w-72 min-w-24 shrink"
      >
        <Search size={14} aria-hidden="true" className="absolute top-2.25 left-2.5 text-ink-2" />
        <Input
          ref={props.inputRef}
          placeholder={t("changes.filter")}
          onKeyDown={(event) => {
            if (event.key === "Enter" || event.key === "ArrowDown") {
              event.preventDefault();
              document.querySelector<HTMLElement>("[role=grid]")?.focus();
            }
          }}
          className="h-8 w-full rounded-md border border-line-strong bg-paper pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden"
        />
        {query.text === "" ? (
          <span className="absolute top-1.75 right-2">
            <Kbd keys="/" />
          </span>
        ) : (
          <Button
            aria-label={t("changes.clearFilter")}
            className="absolute top-1 right-1 flex size-6 items-center justify-center rounded-sm text-ink-2 data-[hovered]:text-ink"
          >
            <X size={14} />
          </Button>
        )}
      </SearchField>
    </div>
  );
}

function FilterMenu(props: {
  label: string;
  values: readonly string[];
  selected: readonly string[];
  onChange: (values: string[]) => void;
  draw: (value: string) => React.ReactNode;
  word: (value: string) => string;
}) {
  const chosen = props.selected.map(props.word).join(", ");
  return (
    <MenuTrigger>
      <Button
        className={`flex h-8 items-center gap-1.5 rounded-md border px-2.5 data-[hovered]:bg-sunken ${props.selected.length > 0 ? "border-accent bg-accent-soft text-ink" : "border-line text-ink-2"}`}
      >
        <ListFilter size={14} aria-hidden="true" />
        {chosen === "" ? props.label : chosen}
      </Button>
      <Popover placement="bottom end" className="min-w-44 rounded-md border border-line-strong bg-paper p-1">
        <Menu
          aria-label={props.label}
          selectionMode="multiple"
          selectedKeys={props.selected}
          onSelectionChange={(keys) => props.onChange([...keys].map(String))}
          className="outline-none"
        >
          {props.values.map((value) => (
            <MenuItem
              key={value}
              id={value}
              textValue={props.word(value)}
              className="flex min-h-8 items-center gap-2 rounded-sm px-2 py-1 outline-none data-[focused]:bg-accent-soft"
            >
              {({ isSelected }) => (
                <>
                  <span className="w-4">{isSelected ? <Check size={14} aria-hidden="true" /> : null}</span>
                  {props.draw(value)}
                </>
              )}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
