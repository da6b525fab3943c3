// A small application of React and TanStack Query, built as a web application is.
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Engines</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/assets/main.css">
    <script type="module" src="/assets/main.js"></script>
  </head>
  <body><div id="root"></div></body>
</html>
`;

const script = `
import { createElement as h, lazy, Suspense, useState } from "react";
import { createRoot } from "react-dom/client";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";

const Later = lazy(() => import("./later.js"));
const health = async () => (await (await fetch("/trpc/system.health")).json()).result.data;

function App() {
  const [count, setCount] = useState(0);
  const { data } = useQuery({ queryKey: ["health"], queryFn: health });
  return h("main", null,
    h("h1", { style: { color: "rgb(1, 2, 3)" } }, "Engines"),
    h("p", null, location.pathname),
    h("p", { role: "status" }, data ? "The server is healthy: " + data.version : "Loading"),
    h("button", { onClick: () => setCount(count + 1) }, "Turned " + count + " times"),
    h(Suspense, { fallback: null }, h(Later)));
}
createRoot(document.getElementById("root")).render(
  h(QueryClientProvider, { client: new QueryClient() }, h(App)));
`;

const later = `
import { createElement as h } from "react";
export default () => h("p", { className: "later" }, "Loaded later");
`;

/** @returns the directory of the build */
export async function buildReactSite(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "projo-react-"));
  // The packages are those of this test.
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const sources = new Map([
    [join(folder, "main.js"), script],
    [join(folder, "later.js"), later],
  ]);
  const build = await rolldown({
    input: "./main.js",
    cwd: folder,
    platform: "browser",
    logLevel: "silent",
    transform: { define: { "process.env.NODE_ENV": '"production"' } },
    plugins: [
      {
        name: "sources",
        resolveId: (id) => (sources.has(join(folder, id)) ? join(folder, id) : null),
        load: (id) => sources.get(id) ?? null,
      },
    ],
  });
  await build.write({ dir: join(directory, "assets"), entryFileNames: "main.js", minify: true });
  await build.close();
  await writeFile(join(directory, "assets/main.css"), ".later { color: rgb(4, 5, 6) }\n");
  await writeFile(join(directory, "index.html"), page);
  return directory;
}
