import { PassThrough } from "node:stream";
import { describeProgram } from "../../apps/cli/src/reference/describe-program.ts";
import { referencePage } from "../../apps/cli/src/reference/markdown.ts";

/** The reference of the commands of projo, from its command tree. */
export async function generateCliReference(): Promise<Record<string, string>> {
  const stream = new PassThrough();
  const program = await describeProgram({
    stdin: stream,
    stdout: stream,
    stderr: stream,
    env: {},
    homeDirectory: undefined,
    workingDirectory: ".",
    platform: "linux",
    onInterrupt: () => () => {},
  });
  return { "docs/reference/cli.md": referencePage(program) };
}
