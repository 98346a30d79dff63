import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { precompressed } from "./build/precompressed.ts";
import { shell } from "./build/shell.ts";

export default defineConfig({
  plugins: [svelte(), shell(), precompressed()],
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
