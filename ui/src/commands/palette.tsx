import { useMemo, useState } from "react";
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
} from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Kbd } from "../ds/kbd";
import { Key, RiskMark } from "../ds/marks";
import { useView } from "../ipc/queries";
import { COMMAND_IDS, type CommandId, entryOf } from "./catalogue";
import { fuzzyScore } from "./fuzzy";
import { useRegistry } from "./registry";

/** Ctrl+K: every command available here, and every change by key or title. */
export function Palette({ onClose, onChange }: { onClose: () => void; onChange: (id: string) => void }) {
  const { t } = useTranslation();
  const { bound, run } = useRegistry();
  const [text, setText] = useState("");
  const found = useView(
    "listChanges",
    {
      text: text.trim(),
      kinds: [],
      levels: [],
      view: "all",
      sort: { column: "updated", descending: true },
      offset: 0,
      limit: 6,
    },
    { enabled: text.trim().length > 1, keep: true },
  );

  const commands = useMemo(
    () =>
      COMMAND_IDS.filter((id) => !entryOf(id).hidden && bound(id))
        .map((id) => ({ id, label: t(`command.${id}`), score: fuzzyScore(text, t(`command.${id}`)) }))
        .filter((c): c is { id: CommandId; label: string; score: number } => c.score !== null)
        .sort((a, b) => b.score - a.score)
        .slice(0, 40),
    [text, bound, t],
  );
  const changes = text.trim().length > 1 ? (found.data?.rows ?? []) : [];
  const act = (id: string) => {
    onClose();
    if (id.startsWith("change:")) onChange(id.slice(7));
    else queueMicrotask(() => run(id as CommandId));
  };
  const first = changes[0] ? `change:${changes[0].id}` : commands[0]?.id;

  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => !open && onClose()}
      className="fixed inset-0 z-40 flex justify-center bg-black/35 pt-[12vh]"
    >
      <Modal className="h-fit w-[38rem] max-w-[calc(100vw-2rem)]">
        <Dialog
          data-modal
          aria-label={t("palette.title")}
          className="flex max-h-[62vh] flex-col overflow-hidden rounded-lg border border-line-strong bg-paper"
        >
          <Autocomplete inputValue={text} onInputChange={setText} filter={() => true}>
            <SearchField aria-label={t("palette.title")} autoFocus className="border-b border-line">
              <Input
                placeholder={t("palette.placeholder")}
                // Changes arrive after the typing, and what was marked may be gone: then Enter means the first line.
                onKeyDown={(event) => {
                  if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
                  const marked = event.currentTarget.getAttribute("aria-activedescendant");
                  if ((marked && document.getElementById(marked)) || found.isPlaceholderData) return;
                  event.preventDefault();
                  if (first) act(first);
                }}
                className="w-full bg-transparent px-4 py-3 text-base outline-none [&::-webkit-search-cancel-button]:hidden"
              />
            </SearchField>
            <Menu
              aria-label={t("palette.results")}
              className="scroll min-h-0 p-1.5 outline-none"
              onAction={(key) => act(String(key))}
              renderEmptyState={() => <p className="px-3 py-4 text-ink-2">{t("palette.empty")}</p>}
            >
              {changes.length > 0 ? (
                <MenuSection aria-label={t("palette.changes")}>
                  {changes.map((row) => (
                    <MenuItem
                      key={row.id}
                      id={`change:${row.id}`}
                      textValue={`${row.key} ${row.title}`}
                      className={ITEM}
                    >
                      <Key id={row.key} className="w-20 shrink-0 text-ink-2" />
                      <span className="grow truncate">{row.title}</span>
                      <RiskMark risk={row.risk} />
                    </MenuItem>
                  ))}
                </MenuSection>
              ) : null}
              {commands.length > 0 ? (
                <MenuSection aria-label={t("palette.commands")}>
                  {commands.map(({ id, label }) => (
                    <MenuItem key={id} id={id} textValue={label} className={ITEM}>
                      <span className="grow truncate">{label}</span>
                      <Kbd keys={entryOf(id).keys[0] ?? ""} />
                    </MenuItem>
                  ))}
                </MenuSection>
              ) : null}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

const ITEM =
  "flex min-h-8 items-center gap-3 rounded-md px-2.5 py-1.5 outline-none data-[focused]:bg-accent-soft data-[focused]:text-ink";
