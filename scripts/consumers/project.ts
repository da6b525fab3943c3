// The project of an outside user: the unpacked tarball of the SDK and, if asked for, further packages.
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { run } from "../../packages/sdk/test/pack.ts";

export interface Packed {
  /** The folder for projects. It is removed at the end. */
  readonly folder: string;
  readonly tarball: string;
}

/** A package to link: the name that the project imports, and the folder name among the tools if it differs. */
export type Linked = string | readonly [name: string, tool: string];

/** Creates a project that contains the SDK and links to the given packages. @returns its folder */
export async function createProject(
  { folder, tarball }: Packed,
  name: string,
  tools: string,
  linked: readonly Linked[],
): Promise<string> {
  const project = join(folder, name);
  const sdk = join(project, "node_modules/@projostack/sdk");
  await mkdir(sdk, { recursive: true });
  await writeFile(join(project, "package.json"), JSON.stringify({ name, private: true }));
  await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", sdk], { cwd: project });
  for (const entry of linked) {
    const [target, tool] = typeof entry === "string" ? [entry, entry] : entry;
    const place = join(project, "node_modules", target);
    await mkdir(dirname(place), { recursive: true });
    await symlink(join(tools, "node_modules", tool), place, "junction");
  }
  return project;
}

/** Copies a program of `programs` into a project, with another extension. */
export async function copyProgram(name: string, folder: string, extension: string): Promise<string> {
  const file = `${name}${extension}`;
  await cp(join(import.meta.dirname, "programs", `${name}.ts`), join(folder, file));
  return file;
}
