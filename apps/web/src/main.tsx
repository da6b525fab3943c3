import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { takeMailedToken } from "./api/mailed-token.ts";
import { App } from "./app.tsx";
import "./styles/tokens.css";
import "./styles/base.css";

// Before the first component runs: no other code may read the token in the address bar.
takeMailedToken();

const root = document.querySelector("#root");
if (root === null) throw new Error("index.html has no element with the id root.");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
