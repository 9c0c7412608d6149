import { type Ref, useImperativeHandle, useRef } from "react";
import type { Problem } from "../ipc/contract";

export interface EditorHandle {
  focus: () => void;
  /** Selects a line, counted from 1, and brings it into sight. */
  goTo: (line: number) => void;
}

/** A text with its lines numbered; the numbers of lines with a mistake are marked. */
export function Editor(props: {
  label: string;
  text: string;
  onText: (text: string) => void;
  problems: Problem[];
  /** The id of what tells the mistakes. */
  describedBy?: string;
  handle: Ref<EditorHandle>;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const lines = props.text.split("\n");
  const wrong = new Set(props.problems.map((problem) => problem.line));

  useImperativeHandle(props.handle, () => ({
    focus: () => area.current?.focus(),
    goTo: (line) => {
      const field = area.current;
      if (!field) return;
      const all = field.value.split("\n");
      const at = Math.min(Math.max(1, line), all.length) - 1;
      const start = all.slice(0, at).reduce((sum, before) => sum + before.length + 1, 0);
      field.focus();
      field.setSelectionRange(start, start + (all[at]?.length ?? 0));
      field.scrollTop = (field.scrollHeight * at) / all.length - field.clientHeight / 2;
    },
  }));

  return (
    <div className="flex h-[30rem] min-w-0 overflow-hidden rounded-md border border-line-strong bg-paper font-mono text-xs focus-within:outline-2 focus-within:outline-focus">
      <div
        ref={gutter}
        aria-hidden="true"
        className="num shrink-0 overflow-hidden border-r border-line bg-sunken py-2 text-right leading-5 text-ink-2 select-none"
      >
        {lines.map((_, index) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a line's number is what it is
            key={index}
            className={`px-2 ${wrong.has(index + 1) ? "bg-bad-soft font-semibold text-bad" : ""}`}
          >
            {index + 1}
          </div>
        ))}
      </div>
      <textarea
        ref={area}
        aria-label={props.label}
        aria-invalid={props.problems.length > 0}
        aria-describedby={props.describedBy}
        value={props.text}
        onChange={(event) => props.onText(event.target.value)}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
        wrap="off"
        spellCheck={false}
        autoComplete="off"
        className="scroll min-w-0 grow resize-none bg-transparent px-3 py-2 leading-5 whitespace-pre text-ink outline-none"
      />
    </div>
  );
}
