import type { CodegenConfig } from "@graphql-codegen/cli";

// Types and documents from the schema that is committed; persisted documents for CONSILIUM_TRUSTED_DOCUMENTS.
const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: ["src/main.ts", "src/follow.ts"],
  generates: {
    "src/generated/": {
      preset: "client",
      presetConfig: { persistedDocuments: { hashAlgorithm: "sha256" }, fragmentMasking: false },
      config: {
        enumsAsTypes: true, emitLegacyCommonJSImports: false, useTypeImports: true, documentMode: "string",
        scalars: { DateTime: "string", Date: "string", CountryCode: "string", RegionCode: "string", LanguageTag: "string" },
      },
    },
  },
};
export default config;
