import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// A screen's code is fetched when it is first asked for: on a machine that builds beside it that takes long. Who waits for
// what appears at once waits no longer for it.
configure({ asyncUtilTimeout: 30_000 });

// What jsdom lacks and React Aria or the virtual list calls.
if (!globalThis.CSS?.escape) {
  Object.assign(globalThis, {
    CSS: { ...globalThis.CSS, escape: (text: string) => text.replace(/[^\w-]/g, (c) => `\\${c}`) },
  });
}
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
Blob.prototype.text ??= function (this: Blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsText(this);
  });
};
// pdf.js makes a matrix as soon as it is read; what it draws with it is looked at in a real browser.
globalThis.DOMMatrix ??= class {} as unknown as typeof DOMMatrix;
// jsdom says of each canvas that it has none.
HTMLCanvasElement.prototype.getContext = () => null;
Element.prototype.getAnimations ??= () => [];
Element.prototype.scrollIntoView ??= () => {};
Element.prototype.scrollTo ??= () => {};
window.scrollTo = () => {};
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    addEventListener() {},
    removeEventListener() {},
  }) as unknown as MediaQueryList;

// jsdom has no layout: give every element a believable size so that the virtual list renders rows.
for (const [name, value] of [
  ["offsetHeight", 720],
  ["offsetWidth", 1200],
  ["clientHeight", 720],
  ["clientWidth", 1200],
] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
}

// What index.html says.
document.documentElement.lang = "en";
document.title = "Cabinet";

afterEach(cleanup);
