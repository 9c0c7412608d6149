import { useTranslation } from "react-i18next";
import type { Block, DiffLine, Inline } from "../ipc/contract";

/** Draws synced text from its tree. Nothing in it is interpreted: no HTML, no live links, no images. */
export function BlockText({ blocks, className = "" }: { blocks: Block[]; className?: string }) {
  return (
    <div className={`measure flex flex-col gap-3 text-base break-words ${className}`}>{blocks.map(drawBlock)}</div>
  );
}

function drawBlock(block: Block, key: number) {
  switch (block.kind) {
    case "paragraph":
      return <p key={key}>{block.inlines.map(drawInline)}</p>;
    case "heading":
      // A ticket's headings sit below ours, whatever level they claim.
      return (
        <p key={key} className="mt-1 font-semibold">
          {block.inlines.map(drawInline)}
        </p>
      );
    case "list": {
      const items = block.items.map((item, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a parsed tree has no identity but its place
        <li key={i} className="pl-1 [&>p+p]:mt-2">
          {item.map(drawBlock)}
        </li>
      ));
      return block.ordered ? (
        <ol key={key} className="num list-decimal space-y-1 pl-6 marker:text-ink-2">
          {items}
        </ol>
      ) : (
        <ul key={key} className="list-disc space-y-1 pl-5 marker:text-ink-3">
          {items}
        </ul>
      );
    }
    case "table":
      return (
        <div key={key} className="scroll" tabIndex={0} role="group">
          <table className="border-collapse text-sm">
            {block.header.length > 0 ? (
              <thead>
                <tr>
                  {block.header.map((cell, i) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: see above
                    <th key={i} className="border-b border-line-strong px-2 py-1 text-left font-semibold">
                      {cell.map(drawInline)}
                    </th>
                  ))}
                </tr>
              </thead>
            ) : null}
            <tbody>
              {block.rows.map((row, r) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: see above
                <tr key={r}>
                  {row.map((cell, c) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: see above
                    <td key={c} className="num border-b border-line px-2 py-1 align-top">
                      {cell.map(drawInline)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    case "code":
      return (
        <pre
          key={key}
          tabIndex={0}
          className="scroll max-h-96 rounded-md border border-line bg-sunken px-3 py-2 font-mono text-xs leading-5"
        >
          <code>{block.text}</code>
        </pre>
      );
    case "quote":
      return (
        <blockquote key={key} className="flex flex-col gap-2 border-l-2 border-line-strong pl-3 text-ink-2">
          {block.blocks.map(drawBlock)}
        </blockquote>
      );
    case "rule":
      return <hr key={key} className="border-line" />;
  }
}

function drawInline(inline: Inline, key: number) {
  switch (inline.kind) {
    case "text":
      return <span key={key}>{inline.text}</span>;
    case "strong":
      return <strong key={key}>{inline.inlines.map(drawInline)}</strong>;
    case "emphasis":
      return <em key={key}>{inline.inlines.map(drawInline)}</em>;
    case "code":
      return (
        <code key={key} className="rounded-sm bg-sunken px-1 font-mono text-[0.9em]">
          {inline.text}
        </code>
      );
    case "link":
      return (
        <span key={key}>
          {inline.inlines.map(drawInline)}
          <span className="text-ink-2"> ‹{inline.target}›</span>
        </span>
      );
    case "strike":
      return <s key={key}>{inline.inlines.map(drawInline)}</s>;
    case "mark":
      return (
        <span key={key} className="rounded-sm border border-warn bg-warn-soft px-1 text-xs text-warn">
          {inline.code_point}
        </span>
      );
    case "line_break":
      return <br key={key} />;
  }
}

/** Lines before and after, with a sign and a word for each, so that colour is not needed. */
export function DiffText({ lines }: { lines: DiffLine[] }) {
  const { t } = useTranslation();
  return (
    <ul className="overflow-hidden rounded-md border border-line bg-paper text-sm">
      {lines.map((line, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a difference have no identity but their place
          key={index}
          className={`flex gap-2 px-2 py-1 ${line.kind === "added" ? "bg-added-soft" : line.kind === "removed" ? "bg-removed-soft" : ""}`}
        >
          <span aria-hidden="true" className="num w-3 shrink-0 text-center text-ink-2">
            {line.kind === "added" ? "+" : line.kind === "removed" ? "−" : ""}
          </span>
          {line.kind === "same" ? null : <span className="sr-only">{t(`diff.${line.kind}`)}</span>}
          <span className={`min-w-0 break-words ${line.kind === "removed" ? "line-through decoration-ink-3" : ""}`}>
            {line.text}
          </span>
        </li>
      ))}
    </ul>
  );
}
