import { availableParallelism } from "node:os";
import optimizeLocales from "@react-aria/optimize-locales-plugin";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react(), tailwindcss(), { ...optimizeLocales.vite({ locales: ["en-GB", "en-US"] }), enforce: "pre" }],
  build: {
    // WebKitGTK 2.50 understands more, but macOS 13's web view does not.
    target: "safari16.4",
    // The content policy has no 'unsafe-inline' and fonts come from 'self': nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    // Role queries are slow in jsdom on two busy cores.
    testTimeout: 120_000,
    // By itself vitest leaves a core free: of two that is half of them.
    maxWorkers: availableParallelism(),
    // Each file in a world of its own would read the same modules forty times, which took half of the time.
    isolate: false,
  },
});
