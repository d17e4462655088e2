import { defineConfig } from "vite";

// Built into the gateway's package and committed; a test builds it again and finds it identical.
export default defineConfig({
  base: "/graphiql/",
  build: {
    outDir: "../gateway/page",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 5000,
    modulePreload: { polyfill: false },
    license: { fileName: "LICENSES.md" },
  },
  worker: { format: "es" },
});
