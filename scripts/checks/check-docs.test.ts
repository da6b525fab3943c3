import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { checkDocs } from "./check-docs.ts";
import { withTree } from "./temporary-tree.ts";

const validFiles = {
  "package.json": JSON.stringify({ scripts: { start: "x", test: "x", "check:docs": "x" } }),
  "packages/db/prisma/schema.prisma": "",
  "apps/api/src/features/tasks/router.ts": "",
  "docs/page.md": "# A page: `code`, and more\n\n## Twice\n\n## Twice\n",
};

/** Checks a repository with this text as its README. */
function findingsOf(readme: string): string[] {
  return withTree({ ...validFiles, "README.md": readme }, checkDocs);
}

describe("check-docs reports a wrong", () => {
  test.each([
    ["link", "[x](docs/absent.md)", "links to docs/absent.md: docs/absent.md does not exist"],
    [
      "link with a title",
      '[x](docs/absent.md "t")',
      "links to docs/absent.md: docs/absent.md does not exist",
    ],
    ["link definition", "[x]: ./absent.md", "links to ./absent.md: absent.md does not exist"],
    ["image", "![x](docs/absent.png)", "links to docs/absent.png: docs/absent.png does not exist"],
    ["link out of the repository", "[x](../other/a.md)", "links to ../other/a.md: it leaves the repository"],
    [
      "absolute link",
      "[x](/docs/page.md)",
      "links to /docs/page.md: a link inside the repository is relative to its page",
    ],
    [
      "heading",
      "[x](docs/page.md#absent)",
      "links to docs/page.md#absent: docs/page.md has no heading #absent",
    ],
    ["heading of the same page", "[x](#absent)", "links to #absent: README.md has no heading #absent"],
    [
      "path",
      "see `packages/db/prisma/absent.prisma`",
      "names `packages/db/prisma/absent.prisma`: there is no such path",
    ],
    ["folder", "see `apps/absent/`", "names `apps/absent`: there is no such path"],
    [
      "path with a placeholder",
      "see `apps/api/src/features/<noun>/absent.ts`",
      "names `apps/api/src/features/<noun>/absent.ts`: there is no such path",
    ],
    [
      "script",
      "run `pnpm absent`",
      "says pnpm absent: neither a script of package.json nor a command of pnpm",
    ],
    [
      "script in an npx command",
      "run `npx -y pnpm@12 absent`",
      "says pnpm absent: neither a script of package.json nor a command of pnpm",
    ],
    [
      "script in a pnpm run command",
      "run `pnpm run absent --flag`",
      "says pnpm absent: neither a script of package.json nor a command of pnpm",
    ],
  ])("%s", (_what, claim, finding) => {
    expect(findingsOf(`# Title\n\n${claim}\n`)).toEqual([`README.md:3 ${finding}`]);
  });

  test("script in a code block", () => {
    expect(findingsOf("# Title\n\n```sh\ncd x && npx -y pnpm@12 absent # pnpm words\n```\n")).toEqual([
      "README.md:4 says pnpm absent: neither a script of package.json nor a command of pnpm",
    ]);
  });

  test("link on a page below docs, relative to that page", () => {
    const page = { "docs/deep/page.md": "[x](../page.md) [y](page2.md)" };
    expect(withTree({ ...validFiles, ...page }, checkDocs)).toEqual([
      "docs/deep/page.md:1 links to page2.md: docs/deep/page2.md does not exist",
    ]);
  });
});

describe("check-docs", () => {
  test("reports an index without a page of its folder", () => {
    const index = { "docs/README.md": "# Documentation\n\n[Decisions](decisions/README.md)\n" };
    const decisions = { "docs/decisions/README.md": "# Decisions\n", "docs/decisions/a.md": "# A\n" };
    expect(withTree({ ...validFiles, ...index, ...decisions }, checkDocs)).toEqual([
      "docs/README.md:1 does not list docs/page.md: add a line for the page",
      "docs/decisions/README.md:1 does not list docs/decisions/a.md: add a line for the page",
    ]);
  });

  test("accepts an index with a link to each page", () => {
    const index = { "docs/README.md": "[A page](page.md#twice) and [others](https://example.com/%)" };
    expect(withTree({ ...validFiles, ...index }, checkDocs)).toEqual([]);
  });
});

test("check-docs reads SECURITY.md and the templates in .github", () => {
  const pages = { "SECURITY.md": "[x](absent.md)", ".github/pull_request_template.md": "`pnpm absent`" };
  expect(withTree({ ...validFiles, ...pages }, checkDocs)).toEqual([
    "SECURITY.md:1 links to absent.md: absent.md does not exist",
    ".github/pull_request_template.md:1 says pnpm absent: neither a script of package.json nor a command of pnpm",
  ]);
});

test("check-docs reports nothing in correct documentation", () => {
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

test("check-docs reports nothing in this repository", () => {
  expect(checkDocs(resolve(import.meta.dirname, "../.."))).toEqual([]);
});
