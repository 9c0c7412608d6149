const NAMES: Record<string, string> = {
  Mod: "Ctrl",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
};

/** `g c` → g c; `Mod+k` → Ctrl K. */
export function keyCaps(keys: string): string[] {
  return keys
    .split(" ")
    .flatMap((stroke) => (stroke === "+" ? ["+"] : stroke.split(/(?<=.)\+(?=.)/)))
    .map((cap) => NAMES[cap] ?? (cap.length === 1 && keys.includes("+") ? cap.toUpperCase() : cap));
}

export function Kbd({ keys, onAccent = false }: { keys: string; onAccent?: boolean }) {
  return (
    <span aria-hidden="true" className="inline-flex items-center gap-0.5">
      {keyCaps(keys).map((cap, index) => (
        <kbd
          // biome-ignore lint/suspicious/noArrayIndexKey: the caps of one shortcut never reorder
          key={index}
          className={`num inline-flex h-[1.15rem] min-w-[1.15rem] items-center justify-center rounded-sm border px-1 font-sans text-[0.75rem] leading-none ${onAccent ? "border-on-accent/50 text-on-accent" : "border-line bg-sunken text-ink-2"}`}
        >
          {cap}
        </kbd>
      ))}
    </span>
  );
}
