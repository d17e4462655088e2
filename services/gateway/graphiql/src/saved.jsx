import { useGraphiQL } from "@graphiql/react";

const files = import.meta.glob("../operations/*.graphql", { query: "?raw", import: "default", eager: true });

const operations = Object.entries(files).map(([path, text]) => {
  const lines = text.split("\n").filter((line) => line.startsWith("# "));
  const who = lines.find((line) => line.startsWith("# as: "))?.slice(6);
  const told = lines.find((line) => !line.startsWith("# as: "))?.slice(2);
  return { name: path.split("/").pop().replace(".graphql", ""), text, who, told };
});

const Icon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
    <path d="M6 3h12v18l-6-5-6 5z" />
  </svg>
);

function Saved() {
  const editor = useGraphiQL((state) => state.queryEditor);
  return (
    <section id="saved">
      <h2>Saved operations</h2>
      <ol>
        {operations.map(({ name, text, who, told }) => (
          <li key={name}>
            <button type="button" data-operation={name} onClick={() => editor?.setValue(text)}>
              {told}
              {who && <em> as {who}</em>}
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

export const savedOperations = { title: "Saved operations", icon: Icon, content: Saved };
