import "./app/trusted.ts"; // before anything is rendered
import "@mantine/core/styles.css";
import "./app/style.css";

import { createRoot } from "react-dom/client";

import { App } from "~/app/App.tsx";

const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<App />);
