// A small built web application, in a directory of its own.
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface Site {
  readonly directory: string;
  /** The settings of a server that sends the site. */
  readonly env: { readonly PROJO_WEB: string; readonly PROJO_WEB_DIR: string };
  remove(): Promise<void>;
}

export const SCRIPT = "/assets/main-BfK3x9Qa.js";
export const STYLES = "/assets/main-C0d4_-zZ.css";

export const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Engines</title>
    <link rel="stylesheet" href="${STYLES}">
    <script type="module" src="${SCRIPT}"></script>
  </head>
  <body><div id="root"></div></body>
</html>
`;

export const siteFiles: Readonly<Record<string, string | Buffer>> = {
  "index.html": PAGE,
  [SCRIPT.slice(1)]: `document.title = "Loaded";\n${"// The loom weaves algebraic patterns.\n".repeat(200)}`,
  [STYLES.slice(1)]: "body { margin: 0 }\n".repeat(40),
  "assets/mark-D1e2f3g4.woff2": Buffer.from("wOF2 and bytes that are compressed already"),
  "favicon.svg": `<svg xmlns="http://www.w3.org/2000/svg"><script>parent.document</script></svg>\n`,
  "robots.txt": "User-agent: *\nDisallow: /\n",
  "a file.txt": "with a space in its name\n",
  "report.xyz": "<script>alert(1)</script>",
  ".env": "SECRET=hidden\n",
  ".vite/manifest.json": "{}",
};

export async function makeSite(files = siteFiles): Promise<Site> {
  const directory = await mkdtemp(join(tmpdir(), "projo-site-"));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
  // A link to a file elsewhere is not part of the site.
  await symlink("/etc/passwd", join(directory, "passwd.txt"));
  return {
    directory,
    env: { PROJO_WEB: "on", PROJO_WEB_DIR: directory },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
