/** F6 goes from region to region, in the order of the page. */
export function focusRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter(
    (region) => region.querySelector(FOCUSABLE) !== null || region.tabIndex >= 0,
  );
  if (regions.length === 0) return;
  const active = document.activeElement;
  const at = regions.findLastIndex((region) => region.contains(active));
  const next = regions[(at + step + regions.length) % regions.length];
  const target = next?.querySelector<HTMLElement>("[data-region-focus]") ?? next?.querySelector<HTMLElement>(FOCUSABLE);
  (target ?? next)?.focus();
}

const FOCUSABLE =
  "a[href]:not([tabindex='-1']),button:not([disabled],[tabindex='-1']),input:not([disabled]),textarea,[tabindex='0']";
