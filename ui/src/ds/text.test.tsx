import { render, screen } from "@testing-library/react";
import { beforeAll, describe, expect, it } from "vitest";
import { startI18n } from "../i18n";
import type { Block } from "../ipc/contract";
import { BlockText, DiffText } from "./text";

beforeAll(() => startI18n());

describe("synced text", () => {
  it("shows markup as words and makes nothing of it", () => {
    const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
    const { container } = render(
      <BlockText blocks={[{ type: "paragraph", inlines: [{ type: "text", text: hostile }] }]} />,
    );
    expect(screen.getByText(hostile)).toBeInTheDocument();
    expect(container.querySelector("img, script, iframe")).toBeNull();
  });

  it("shows where a link leads and offers nothing to click", () => {
    const blocks: Block[] = [
      { type: "paragraph", inlines: [{ type: "link", text: "report", target: "https://evil.example/x" }] },
    ];
    const { container } = render(<BlockText blocks={blocks} />);
    expect(container.textContent).toContain("report ‹https://evil.example/x›");
    expect(container.querySelector("a, button, [href]")).toBeNull();
  });

  it("keeps a ticket's headings out of the page's outline", () => {
    const { container } = render(
      <BlockText blocks={[{ type: "heading", level: 1, inlines: [{ type: "text", text: "Huge" }] }]} />,
    );
    expect(container.querySelector("h1, h2, h3")).toBeNull();
  });

  it("says how much is not shown", () => {
    render(<BlockText blocks={[{ type: "not_shown", bytes: 4_700_000 }]} />);
    expect(screen.getByText(/4\.7 MB more are not shown/)).toBeInTheDocument();
  });

  it("draws lists, tables, quotes and code from their trees", () => {
    const blocks: Block[] = [
      {
        type: "list",
        ordered: true,
        items: [{ blocks: [{ type: "paragraph", inlines: [{ type: "text", text: "first" }] }] }],
      },
      {
        type: "table",
        header: [{ inlines: [{ type: "text", text: "Step" }] }],
        rows: [{ cells: [{ inlines: [{ type: "text", text: "switch" }] }] }],
      },
      {
        type: "quote",
        blocks: [{ type: "paragraph", inlines: [{ type: "strong", inlines: [{ type: "text", text: "said" }] }] }],
      },
      { type: "code", language: "", text: "a < b" },
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
