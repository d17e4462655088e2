// Runs the recommended and the Relay rules of graphql-eslint over a schema.
// argv: path of the schema. Prints what they find, as [{rule, at, message}]; `at` is a type, or a field of one.
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import plugin from "@graphql-eslint/eslint-plugin";
import { ESLint } from "eslint";
import { parse } from "graphql";

const [path] = process.argv.slice(2);
const eslint = new ESLint({
  cwd: dirname(path),
  overrideConfigFile: true,
  overrideConfig: [{
    files: ["**/*.graphql"],
    plugins: { "@graphql-eslint": plugin },
    languageOptions: { parser: plugin.parser, parserOptions: { graphQLConfig: { schema: path } } },
    rules: { ...plugin.configs["flat/schema-recommended"].rules, ...plugin.configs["flat/schema-relay"].rules },
  }],
});
const { definitions } = parse(readFileSync(path, "utf8"));

// The definition and its part in which a line stands.
function at(line) {
  const around = ({ loc }) => loc.startToken.line <= line && line <= loc.endToken.line;
  const definition = definitions.find(around);
  const part = [...(definition?.fields ?? []), ...(definition?.values ?? [])].find(around);
  return [definition, part].filter(Boolean).map((found) => found.name.value).join(".");
}

const [{ messages }] = await eslint.lintFiles([basename(path)]);
console.log(JSON.stringify(messages.map(({ ruleId, line, message }) => (
  { rule: ruleId?.replace("@graphql-eslint/", "") ?? "parser", at: at(line), message: message.split("\n")[0] }
))));
