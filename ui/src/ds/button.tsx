import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps, Tooltip, TooltipTrigger } from "react-aria-components";
import { Kbd } from "./kbd";

const LOOK = {
  primary:
    "bg-accent text-on-accent border-accent data-[hovered]:bg-accent-strong data-[hovered]:border-accent-strong font-medium",
  plain: "bg-paper text-ink border-line-strong data-[hovered]:bg-sunken",
  quiet: "bg-transparent text-ink-2 border-transparent data-[hovered]:bg-sunken data-[hovered]:text-ink",
} as const;

export interface ActProps extends Omit<ButtonProps, "children" | "className"> {
  look?: keyof typeof LOOK;
  icon?: ReactNode;
  /** The key that does the same. */
  keys?: string;
  className?: string;
  children: ReactNode;
}

export function Button({ look = "plain", icon, keys, className = "", children, ...rest }: ActProps) {
  return (
    <AriaButton
      {...rest}
      className={`inline-flex min-h-8 shrink-0 items-center justify-center gap-2 rounded-md border px-3 py-1 text-sm whitespace-nowrap select-none data-[disabled]:border-line data-[disabled]:bg-sunken data-[disabled]:text-ink-3 data-[pressed]:opacity-85 ${LOOK[look]} ${className}`}
    >
      {icon}
      {children}
      {keys ? <Kbd keys={keys} onAccent={look === "primary"} /> : null}
    </AriaButton>
  );
}

export function IconButton({
  label,
  icon,
  keys,
  ...rest
}: Omit<ButtonProps, "children" | "className"> & { label: string; icon: ReactNode; keys?: string }) {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton
        {...rest}
        aria-label={label}
        className="inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2 data-[disabled]:text-ink-3 data-[disabled]:opacity-60 data-[hovered]:bg-sunken data-[hovered]:text-ink"
      >
        {icon}
      </AriaButton>
      <Tooltip
        offset={4}
        className="flex items-center gap-2 rounded-md border border-line-strong bg-paper px-2 py-1 text-xs text-ink"
      >
        {label}
        {keys ? <Kbd keys={keys} /> : null}
      </Tooltip>
    </TooltipTrigger>
  );
}
