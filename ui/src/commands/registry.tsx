import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { CommandId } from "./catalogue";
import { match, strokeOf } from "./keymap";

type Handler = () => void;

/** What each command does right now; the last screen to bind one wins. */
class Registry {
  private handlers = new Map<CommandId, Handler[]>();
  private layers: Handler[] = [];
  private listeners = new Set<() => void>();
  private version = 0;

  bind(id: CommandId, handler: Handler): () => void {
    this.handlers.set(id, [...(this.handlers.get(id) ?? []), handler]);
    this.changed();
    return () => {
      this.handlers.set(
        id,
        (this.handlers.get(id) ?? []).filter((h) => h !== handler),
      );
      this.changed();
    };
  }

  bound(id: CommandId): boolean {
    return (this.handlers.get(id)?.length ?? 0) > 0;
  }

  run(id: CommandId): void {
    this.handlers.get(id)?.at(-1)?.();
  }

  pushLayer(close: Handler): () => void {
    this.layers.push(close);
    return () => {
      this.layers = this.layers.filter((l) => l !== close);
    };
  }

  /** Esc closes one layer: the newest. */
  closeLayer(): boolean {
    const close = this.layers.at(-1);
    close?.();
    return close !== undefined;
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = () => this.version;

  private changed() {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }
}

interface CommandsContextValue {
  registry: Registry;
  singleKeys: boolean;
  /** What was typed of a sequence such as `g`, shown at the foot of the window. */
  typed: string[];
}

const CommandsContext = createContext<CommandsContextValue | null>(null);

function useCommands(): CommandsContextValue {
  const value = useContext(CommandsContext);
  if (!value) throw new Error("commands used outside CommandsProvider");
  return value;
}

const SEQUENCE_MS = 1200;

export function CommandsProvider({ singleKeys, children }: { singleKeys: boolean; children: ReactNode }) {
  const registry = useRef<Registry | null>(null);
  registry.current ??= new Registry();
  const reg = registry.current;
  const [typed, setTyped] = useState<string[]>([]);
  const typedRef = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    const setSequence = (strokes: string[]) => {
      typedRef.current = strokes;
      setTyped(strokes);
    };
    const onKey = (event: KeyboardEvent) => {
      // An input method composes: its keys are not ours.
      if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
      const stroke = strokeOf(event);
      if (!stroke) return;
      const state = {
        bound: (id: CommandId) => reg.bound(id),
        singleKeys,
        modal: document.querySelector("[data-modal]") !== null,
      };
      clearTimeout(timer.current);
      let strokes = [...typedRef.current, stroke];
      let result = match(strokes, event.target, state);
      if (!result.command && !result.pending && strokes.length > 1) {
        strokes = [stroke];
        result = match(strokes, event.target, state);
      }
      if (result.pending && !result.command) {
        event.preventDefault();
        setSequence(strokes);
        timer.current = setTimeout(() => setSequence([]), SEQUENCE_MS);
        return;
      }
      if (typedRef.current.length > 0) setSequence([]);
      if (result.command) {
        // A dialog closes itself on Escape.
        if (result.command === "layer.close" && state.modal) return;
        event.preventDefault();
        // A stroke that was taken on its way down must not press what has the focus as well.
        if (event.eventPhase === Event.CAPTURING_PHASE) event.stopPropagation();
        reg.run(result.command);
      }
    };
    // A focused button takes Enter for itself, whatever is held down with it: strokes with Ctrl are read before it.
    const withControl = (event: KeyboardEvent) => event.ctrlKey || event.metaKey;
    const onWayDown = (event: KeyboardEvent) => withControl(event) && onKey(event);
    const onWayUp = (event: KeyboardEvent) => !withControl(event) && onKey(event);
    window.addEventListener("keydown", onWayDown, true);
    window.addEventListener("keydown", onWayUp);
    return () => {
      window.removeEventListener("keydown", onWayDown, true);
      window.removeEventListener("keydown", onWayUp);
      clearTimeout(timer.current);
    };
  }, [reg, singleKeys]);

  const value = useMemo(() => ({ registry: reg, singleKeys, typed }), [reg, singleKeys, typed]);
  return <CommandsContext value={value}>{children}</CommandsContext>;
}

/** Says what a command does while this screen is shown. `null`: it is not available now. */
export function useCommand(id: CommandId, handler: Handler | null | false) {
  const { registry } = useCommands();
  const latest = useRef<Handler | null | false>(handler);
  latest.current = handler;
  const available = Boolean(handler);
  useEffect(() => {
    if (!available) return;
    return registry.bind(id, () => {
      if (latest.current) latest.current();
    });
  }, [registry, id, available]);
}

/** Registers something that Esc closes. */
export function useLayer(open: boolean, close: Handler) {
  const { registry } = useCommands();
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    if (!open) return;
    return registry.pushLayer(() => latest.current());
  }, [registry, open]);
}

export function useRegistry() {
  const { registry, singleKeys, typed } = useCommands();
  useSyncExternalStore(registry.subscribe, registry.snapshot, registry.snapshot);
  const bound = useCallback((id: CommandId) => registry.bound(id), [registry]);
  const run = useCallback((id: CommandId) => registry.run(id), [registry]);
  const closeLayer = useCallback(() => registry.closeLayer(), [registry]);
  return { bound, run, closeLayer, singleKeys, typed };
}
