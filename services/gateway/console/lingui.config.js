import { formatter } from "@lingui/format-po";

export default {
  sourceLocale: "en",
  locales: ["en", "de", "es", "fr", "it", "pt"],
  fallbackLocales: { default: "en" },
  catalogs: [{ path: "<rootDir>/src/texts/{locale}", include: ["src"], exclude: ["**/__generated__/**"] }],
  format: formatter({ lineNumbers: false, origins: false }),
  orderBy: "message",
};
