// The rules of the package: `attw` and `publint` find nothing, and no file names the server, its tools or a machine.
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../packages/sdk/test/pack.ts";
import type { Packed } from "./project.ts";
import { messageOf, type Section } from "./report.ts";
import { toolProgram } from "./tools.ts";

/** Text that no file of the package contains. */
const forbidden: Readonly<Record<string, RegExp>> = {
  "a package of the server": /@projostack\/(?!sdk\b)[\w-]+/g,
  "a library of the server": /\b(?:zod|fastify|better-auth|ioredis|nodemailer|pino|argon2)\b/gi,
  "a type of Prisma or PostgreSQL": /\bprisma\w*|\bPrismaClient\b|["']pg["']|\bpg_catalog\b/gi,
  "a name of the server's database":
    /\bprojo_(?:tenant|owner|login|system)\w*|\bpasswordHash\b|\bpassword_hash\b/g,
  "a name of the server's code": /\b(?:apps\/api|packages\/(?:db|contract|authz)|WorkspaceDb|ApiContext)\b/g,
  "a path of a machine": /(?<![\w.)\]}$*-])\/(?:root|work|home|Users|tmp)\/\w+|\b[A-Z]:\\\\?Users/g,
  "a registry": /\bregistry\.(?:npmjs|yarnpkg|npmmirror)/g,
  "a path of the source":
    /\bsourceMappingURL\b|\.\.\/src\/|@projostack\/source|"(?:workspace:[*^~]|catalog:)/g,
};

export async function checkPackage(packed: Packed, tools: string): Promise<Section> {
  const attw = toolProgram(tools, "@arethetypeswrong/cli/dist/index.js");
  const publint = toolProgram(tools, "publint/src/cli.js");
  const options = { cwd: packed.folder };
  const checked = await Promise.all([
    result(
      "attw",
      run(process.execPath, [attw, packed.tarball, "--profile", "strict", "--no-emoji"], options),
    ),
    result(
      "publint",
      run(process.execPath, [publint, "run", packed.tarball, "--strict"], options).then((output) => {
        if (!output.includes("All good!")) throw new Error(output);
      }),
    ),
    result("names", refuseNames(packed)),
  ]);
  return {
    title: "The package",
    lines: checked.map(({ name, problem }) => `${name}: ${problem === undefined ? "clean" : "FAILED"}`),
    problems: checked.flatMap(({ problem }) => problem ?? []),
  };
}

async function result(name: string, work: Promise<unknown>): Promise<{ name: string; problem?: string }> {
  return await work.then(
    () => ({ name }),
    (error: unknown) => ({ name, problem: `${name}: ${messageOf(error)}` }),
  );
}

async function refuseNames({ folder, tarball }: Packed): Promise<void> {
  const place = join(folder, "names");
  await mkdir(place);
  await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", place], { cwd: folder });
  const files = await readdir(place, { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => {
        const path = join(file.parentPath, file.name);
        return { path: path.slice(place.length + 1), text: await readFile(path, "utf8") };
      }),
  );
  const found = findNames(texts);
  if (found.length > 0) throw new Error(found.join("\n"));
}

/** Returns a line for each forbidden text. */
export function findNames(files: readonly { path: string; text: string }[]): string[] {
  return files.flatMap(({ path, text }) =>
    Object.entries(forbidden).flatMap(([what, pattern]) =>
      [...new Set([...text.matchAll(pattern)].map(([name]) => name))].map(
        (name) => `${path} contains ${what}: ${name}`,
      ),
    ),
  );
}
