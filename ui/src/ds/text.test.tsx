import { render, screen } from "@testing-library/react";
import { beforeAll, describe, expect, it } from "vitest";
import { startI18n } from "../i18n";
import type { Block, Inline } from "../ipc/contract";
import { BlockText, DiffText } from "./text";

beforeAll(() => startI18n());

describe("synced text", () => {
  it("shows markup as words and makes nothing of it", () => {
    const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
    const { container } = render(
      <BlockText blocks={[{ kind: "paragraph", inlines: [{ kind: "text", text: hostile }] }]} />,
    );
    expect(screen.getByText(hostile)).toBeInTheDocument();
    expect(container.querySelector("img, script, iframe")).toBeNull();
  });

  it("shows where a link leads and offers nothing to click", () => {
    const blocks: Block[] = [
      {
        kind: "paragraph",
        inlines: [{ kind: "link", inlines: [{ kind: "text", text: "report" }], target: "https://evil.example/x" }],
      },
    ];
    const { container } = render(<BlockText blocks={blocks} />);
    expect(container.textContent).toContain("report ‹https://evil.example/x›");
    expect(container.querySelector("a, button, [href]")).toBeNull();
  });

  it("keeps a ticket's headings out of the page's outline", () => {
    const { container } = render(
      <BlockText blocks={[{ kind: "heading", level: 1, inlines: [{ kind: "text", text: "Huge" }] }]} />,
    );
    expect(container.querySelector("h1, h2, h3")).toBeNull();
  });

  it("makes a character that turns text around visible", () => {
    render(<BlockText blocks={[{ kind: "paragraph", inlines: [{ kind: "mark", code_point: "U+202E" }] }]} />);
    expect(screen.getByText("U+202E")).toBeInTheDocument();
  });

  it("draws lists, tables, quotes and code from their trees", () => {
    const words = (text: string): Inline => ({ kind: "text", text });
    const blocks: Block[] = [
      { kind: "list", ordered: true, items: [[{ kind: "paragraph", inlines: [words("first")] }]] },
      { kind: "table", header: [[words("Step")]], rows: [[[words("switch")]]] },
      { kind: "quote", blocks: [{ kind: "paragraph", inlines: [{ kind: "strong", inlines: [words("said")] }] }] },
      { kind: "code", language: null, text: "a < b" },
    ];
    render(<BlockText blocks={blocks} />);
    expect(screen.getByRole("listitem")).toHaveTextContent("first");
    expect(screen.getByRole("columnheader")).toHaveTextContent("Step");
    expect(screen.getByRole("cell")).toHaveTextContent("switch");
    expect(screen.getByText("a < b")).toBeInTheDocument();
  });
});

it("tells added from removed by a word, not by colour alone", () => {
  render(
    <DiffText
      lines={[
        { kind: "removed", text: "22:50" },
        { kind: "added", text: "22:35" },
      ]}
    />,
  );
  expect(screen.getByText("Removed:")).toBeInTheDocument();
  expect(screen.getByText("Added:")).toBeInTheDocument();
});
