import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { precompressed } from "../kit/build/precompressed.ts";

/** What a first load may take over the wire, compressed: at most 200 kB. The console is online, but often over a poor line. */
const BUDGET_BYTES = 200_000;
/** Where a server listens, for work on the console with `npm run dev`. */
const SERVER = process.env["CAIRN_SERVER"] ?? "http://127.0.0.1:8090";

export default defineConfig({
  base: "/console/",
  plugins: [svelte(), precompressed(BUDGET_BYTES)],
  server: { proxy: { "/api": SERVER, "/icons": SERVER } },
  build: {
    // Where the server looks for what it takes in when it is built.
    outDir: "../dist/console",
    emptyOutDir: true,
    target: "chrome109",
    // Nothing may stand inline: the policy of the page forbids it, and a hash makes a file cacheable for ever.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
