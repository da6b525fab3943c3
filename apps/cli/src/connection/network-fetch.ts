import { resolve } from "node:path";
import type { Fetch } from "@projostack/sdk";
import { createNodeFetch } from "@projostack/sdk/node";
import { usageError } from "../cli-error.ts";
import type { Io } from "../io.ts";
import { sourceOf } from "../settings/value-source.ts";

/**
 * Returns a fetch that uses the proxy variables of the environment and the certificate authorities in a file. It is used without
 * them too: the start of the runtime's fetch takes longer than the rest of a command.
 *
 * @throws CliError when the file cannot be read or contains no certificate
 */
export async function networkFetch(io: Io, caFile: string | undefined): Promise<Fetch> {
  return createNodeFetch({ env: io.env, ca: await readAuthorities(io, caFile) });
}

async function readAuthorities(io: Io, option: string | undefined): Promise<string | undefined> {
  const path = option ?? io.env["PROJO_CA_FILE"];
  if (!path) return undefined;
  const source = option === undefined ? sourceOf(io, "PROJO_CA_FILE") : "--ca-file";
  const text = await read(resolve(io.workingDirectory, path), `${source}: ${path}`);
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw usageError(
    `${source}: ${path} contains no certificate. Use a file in PEM form, which begins with -----BEGIN CERTIFICATE-----`,
  );
}

async function read(path: string, name: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const problem = problems[code] ?? `cannot be read (${code})`;
    throw usageError(`${name} ${problem}. Use the path of the certificate of the authority.`);
  }
}

const problems: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist",
  EISDIR: "is a directory",
  EACCES: "may not be read by you",
};
