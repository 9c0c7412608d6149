/** Scrolls a list, and nothing around it, until the child is in sight. */
export function keepInSight(list: HTMLElement | null, child: Element | null | undefined): void {
  if (!list || !child) return;
  const outer = list.getBoundingClientRect();
  const inner = child.getBoundingClientRect();
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
}
