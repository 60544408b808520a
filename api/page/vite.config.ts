import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  // the page works wherever a proxy puts it
  base: "./",
  build: {
    target: "es2022",
    // the policy of the page allows no data: addresses
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  // `npx vite` beside a running service, while one works on the page
  server: { proxy: { "/v1": process.env.QUIPU_URL ?? "http://127.0.0.1:8000" } },
  test: { include: ["src/**/*.test.ts"], setupFiles: ["src/testing/browser.ts"], testTimeout: 120_000 },
});
