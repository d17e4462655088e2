import babel from "@rolldown/plugin-babel";
import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

// Built into the gateway's package and committed; a test builds it again and finds it identical.
export default defineConfig({
  base: "/console/",
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  plugins: [
    babel({
      include: /src\/.*\.tsx?$/,
      parserOpts: { plugins: ["jsx", "typescript"] }, // types and JSX are left to Vite
      plugins: ["babel-plugin-relay", "@lingui/babel-plugin-lingui-macro"],
    }),
    react(),
    lingui(),
  ],
  build: {
    outDir: "../gateway/console_page",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "LICENSES.md" },
  },
  server: { proxy: { "/graphql": "http://127.0.0.1:8000", "/evidence": "http://127.0.0.1:8000" } },
});
