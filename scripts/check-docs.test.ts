import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { checkDocs } from "./check-docs.ts";
import { withTree } from "./temporary-tree.ts";

const sound = {
  "package.json": JSON.stringify({ scripts: { start: "x", test: "x", "check:docs": "x" } }),
  "packages/db/prisma/schema.prisma": "",
  "apps/api/src/features/tasks/router.ts": "",
  "docs/page.md": "# A page: `code`, and more\n\n## Twice\n\n## Twice\n",
};

/** The findings of a repository whose README is this text. */
function findingsOf(readme: string): string[] {
  return withTree({ ...sound, "README.md": readme }, checkDocs);
}

describe("reports a wrong statement", () => {
  test.each([
    ["a link", "[x](docs/absent.md)", "links to docs/absent.md: docs/absent.md does not exist"],
    [
      "a link with a title",
      '[x](docs/absent.md "t")',
      "links to docs/absent.md: docs/absent.md does not exist",
    ],
    ["a link definition", "[x]: ./absent.md", "links to ./absent.md: absent.md does not exist"],
    ["an image", "![x](docs/absent.png)", "links to docs/absent.png: docs/absent.png does not exist"],
    [
      "a link out of the repository",
      "[x](../other/a.md)",
      "links to ../other/a.md: it leaves the repository",
    ],
    [
      "a link from the root",
      "[x](/docs/page.md)",
      "links to /docs/page.md: a link inside the repository is relative to its page",
    ],
    [
      "a heading",
      "[x](docs/page.md#absent)",
      "links to docs/page.md#absent: docs/page.md has no heading #absent",
    ],
    ["a heading of the same page", "[x](#absent)", "links to #absent: README.md has no heading #absent"],
    [
      "a path",
      "see `packages/db/prisma/absent.prisma`",
      "names `packages/db/prisma/absent.prisma`: there is no such path",
    ],
    ["a folder", "see `apps/absent/`", "names `apps/absent`: there is no such path"],
    [
      "a path with a placeholder",
      "see `apps/api/src/features/<noun>/absent.ts`",
      "names `apps/api/src/features/<noun>/absent.ts`: there is no such path",
    ],
    [
      "a script",
      "run `pnpm absent`",
      "says pnpm absent: neither a script of package.json nor a command of pnpm",
    ],
    [
      "a script through npx",
      "run `npx -y pnpm@12 absent`",
      "says pnpm absent: neither a script of package.json nor a command of pnpm",
    ],
    [
      "a script through pnpm run",
      "run `pnpm run absent --flag`",
      "says pnpm absent: neither a script of package.json nor a command of pnpm",
    ],
  ])("%s", (_what, claim, finding) => {
    expect(findingsOf(`# Title\n\n${claim}\n`)).toEqual([`README.md:3 ${finding}`]);
  });

  test("of a script in a block of commands", () => {
    expect(findingsOf("# Title\n\n```sh\ncd x && npx -y pnpm@12 absent # pnpm words\n```\n")).toEqual([
      "README.md:4 says pnpm absent: neither a script of package.json nor a command of pnpm",
    ]);
  });

  test("of a page below docs, with links relative to that page", () => {
    const page = { "docs/deep/page.md": "[x](../page.md) [y](page2.md)" };
    expect(withTree({ ...sound, ...page }, checkDocs)).toEqual([
      "docs/deep/page.md:1 links to page2.md: docs/deep/page2.md does not exist",
    ]);
  });
});

describe("an index", () => {
  test("must list every page of its folder", () => {
    const index = { "docs/README.md": "# Documentation\n\n[Decisions](decisions/README.md)\n" };
    const decisions = { "docs/decisions/README.md": "# Decisions\n", "docs/decisions/a.md": "# A\n" };
    expect(withTree({ ...sound, ...index, ...decisions }, checkDocs)).toEqual([
      "docs/README.md:1 does not list docs/page.md: add a line for the page",
      "docs/decisions/README.md:1 does not list docs/decisions/a.md: add a line for the page",
    ]);
  });

  test("passes when it links to each page", () => {
    const index = { "docs/README.md": "[A page](page.md#twice) and [others](https://example.com/%)" };
    expect(withTree({ ...sound, ...index }, checkDocs)).toEqual([]);
  });
});

test("reads SECURITY.md and the templates in .github too", () => {
  const pages = { "SECURITY.md": "[x](absent.md)", ".github/pull_request_template.md": "`pnpm absent`" };
  expect(withTree({ ...sound, ...pages }, checkDocs)).toEqual([
    "SECURITY.md:1 links to absent.md: absent.md does not exist",
    ".github/pull_request_template.md:1 says pnpm absent: neither a script of package.json nor a command of pnpm",
  ]);
});

test("reports nothing when every statement is true", () => {
  const readme = [
    "# Title",
    "[a](docs/page.md) [b](docs/page.md#a-page-code-and-more) [c](docs/page.md#twice-1) [d](https://example.com/x) [e](#title)",
    "`packages/db/prisma/schema.prisma` `apps/api/src/features/<noun>/router.ts` `apps/*/src` `apps/**/router.ts:3` `docs/`",
    "`apps/api/dist/main.js` is built; `[not](a-link.md)`; `and/or` is no path; `application/json` neither",
    "`npx -y pnpm@12 start` `pnpm test` `pnpm run check:docs` `pnpm install --frozen-lockfile` `pnpm dlx x` `pnpm --filter @a/b build`",
    "pnpm workspaces are no command",
    "```sh",
    "npx -y pnpm@12 test -- --reporter=dot",
    "ls docs/absent.md [x](absent.md)",
    "```",
  ].join("\n");
  expect(findingsOf(readme)).toEqual([]);
});

test("this repository's documentation passes the check", () => {
  expect(checkDocs(resolve(import.meta.dirname, ".."))).toEqual([]);
});
