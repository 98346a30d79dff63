import { precompressed } from "../kit/build/precompressed.ts";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { shell } from "./build/shell.ts";

/** What a first load may take over the wire, compressed: at most 900 kB. */
const BUDGET_BYTES = 900_000;

export default defineConfig({
  plugins: [svelte(), shell(), precompressed(BUDGET_BYTES)],
  worker: { format: "es" },
  build: {
    // Where the server looks for what it takes in when it is built.
    outDir: "../dist/field",
    emptyOutDir: true,
    target: "chrome109",
    // Nothing may stand inline: the policy of the page forbids it, and a hash makes a file cacheable for ever.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: "index.html", sw: "src/sw.ts" },
      output: { entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
});
