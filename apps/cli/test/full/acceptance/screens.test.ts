// Every command of the installed program on terminals of 60, 80 and 120 columns: what a user sees, and the exit codes.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, mailsOf, startTestServer, type TestServer } from "@projostack/api/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { widthOf } from "../../../src/terminal/fit.ts";
import { hasTerminal, noTerminal } from "../../pty/terminal.ts";
import { installedProgram } from "../installed-program.ts";
import { missingSteps } from "./screens/commands.ts";
import { files } from "./screens/files.ts";
import { type Mailed, peopleOf } from "./screens/step.ts";
import { allSteps } from "./screens/steps/all-steps.ts";
import { transcript, walk, type Walk } from "./screens/walk.ts";

const widths = [60, 80, 120] as const;

describe.skipIf(!hasTerminal)(`the screens of every command${noTerminal}`, () => {
  let server: TestServer;
  let folder: string;
  const walks = new Map<number, Walk>();

  beforeAll(async () => {
    server = await startTestServer({}, { shortPauses: true });
    folder = await mkdtemp(join(tmpdir(), "projo-screens-"));
    const { program } = await installedProgram();
    const taken = widths.map((columns) =>
      walk({ url: server.url, tokenOf, program, columns, files, steps: allSteps(peopleOf(columns)) }),
    );
    // All of them end before the server does.
    const results = await Promise.allSettled(taken);
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    for (const result of results)
      if (result.status === "fulfilled") walks.set(result.value.columns, result.value);
  }, 1_800_000);

  afterAll(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const tokenOf = ({ to, page, number }: Mailed) =>
    eventually(async () => {
      const mails = await mailsOf(server);
      return mails.filter(({ headers, link }) => headers.get("to") === to && link.includes(`/${page}`))[
        number - 1
      ]?.token;
    }, 60);

  const walkOf = (columns: number): Walk => {
    const found = walks.get(columns);
    if (!found) throw new Error(`There is no walk at ${columns} columns.`);
    return found;
  };

  it.each(widths)("the screens of %d columns are those of the file", async (columns) => {
    await expect(transcript(walkOf(columns))).toMatchFileSnapshot(`screens-${columns}.txt`);
  });

  it.each(widths)("no table, record or help is wider than %d columns", (columns) => {
    // The terminal wraps sentences, links and JSON, so that they can be copied as they are. They have no gaps.
    const wide = walkOf(columns).taken.flatMap(({ line, lines }) =>
      lines
        .filter((text) => widthOf(text) > columns && /\S {2,}\S/.test(text))
        .map((text) => `${line}: ${text}`),
    );
    expect(wide).toEqual([]);
  });

  it.each(widths)("each command leaves the terminal of %d columns as it was", (columns) => {
    const changed = walkOf(columns).taken.filter(
      ({ state }) => !(state.isCursorVisible && state.wrapsLines && state.wasLeftCooked),
    );
    expect(changed.map(({ line, state }) => ({ line, state }))).toEqual([]);
  });

  it.each(widths)(
    "each command has a step that succeeds and one that fails, at %d columns",
    async (columns) => {
      expect(await missingSteps(walkOf(columns).taken)).toEqual([]);
    },
  );
});
