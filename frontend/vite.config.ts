import { readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { defineConfig } from "vite";

const pages = resolve(import.meta.dirname, "src/pages");

/** Every `src/pages/NAME.ts` is an entry that a template loads with `entry("NAME")`. */
const entries = Object.fromEntries(
  readdirSync(pages)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => [basename(file, ".ts"), resolve(pages, file)]),
);

export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: resolve(import.meta.dirname, "../src/webfoot/web/static/built"),
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    target: "es2023",
    chunkSizeWarningLimit: 700, // three.js, which is loaded only when a viewer comes into sight
    rolldownOptions: { input: entries, checks: { eval: false } }, // htmx has one, which its settings turn off
  },
});
