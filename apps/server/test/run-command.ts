import { run } from "../src/run.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in this process. */
export async function runCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Ran> {
  let out = "";
  let err = "";
  const code = await run(argv, {
    env,
    columns: 80,
    version: "0.0.0",
    write: (text) => (out += text),
    note: (line) => (err += `${line}\n`),
  });
  return { code, out, err };
}
