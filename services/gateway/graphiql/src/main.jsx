import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./style.css";

import { useState } from "react";
import { createRoot } from "react-dom/client";
import { GraphiQL } from "graphiql";

import { fetcher } from "./fetcher.js";
import { savedOperations } from "./saved.jsx";
import { resume } from "./session.js";
import { SignIn } from "./sign-in.jsx";

const START = "# Choose an operation on the left, or write one. Sign in above.\nquery Hello {\n  instance { name demo }\n}\n";

// Nothing is kept between visits: what one writes here may be about people.
const kept = new Map();
const storage = {
  get length() { return kept.size; },
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => kept.set(key, value),
  removeItem: (key) => kept.delete(key),
  clear: () => kept.clear(),
};

function Page() {
  const [plugin, setPlugin] = useState(savedOperations);
  return (
    <>
      <SignIn />
      <main>
        <GraphiQL
          fetcher={fetcher}
          storage={storage}
          initialQuery={START}
          plugins={[savedOperations]}
          visiblePlugin={plugin}
          onTogglePluginVisibility={setPlugin}
          shouldPersistHeaders={false}
        >
          <GraphiQL.Logo>Consilium</GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  );
}

resume();
createRoot(document.getElementById("root")).render(<Page />);
