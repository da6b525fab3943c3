/**
 * Generates Prisma's client, and writes every generated file that is committed and the generated parts of pages that people
 * write. With --check it writes nothing, and fails if one of them is out of date. It needs no build, as it reads the
 * packages' source. The lists that proofs print need a database: `pnpm generate:printed` updates them.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { format } from "oxfmt";
import { z } from "zod";
import { generateBoundaryRules } from "./generate/boundary-rules.ts";
import { generateCliReference } from "./generate/cli-reference.ts";
import { generateAuditActions } from "./generate/audit-actions.ts";
import { completeAuditPage } from "./generate/audit-page.ts";
import { generateCommonPasswords } from "./generate/common-passwords.ts";
import { describeContract } from "@projostack/contract";
import { generateConfiguration } from "./generate/configuration.ts";
import { generateErrors } from "./generate/errors.ts";
import { generateInvariants } from "./generate/invariants.ts";
import { generateMetricsTable } from "./generate/metrics-table.ts";
import { generateRepetition } from "./generate/repetition.ts";
import { generateOperations } from "./generate/operations.ts";
import { generateOutputFields } from "./generate/output-fields.ts";
import { generatePackageDiagram } from "./generate/package-diagram.ts";
import { generateRoles } from "./generate/roles.ts";
import { generateSdk } from "./generate/sdk.ts";
import { generateSdkVersion } from "./generate/sdk-version.ts";
import { generateSdkTrpc } from "./generate/sdk-trpc.ts";
import { generateDatabaseTables } from "./generate/database-tables.ts";
import { fillSections } from "./generate/sections.ts";

const root = dirname(import.meta.dirname);
/** The argument of the run that loads the modules which the first run wrote. */
const SECOND = "--second";
const isCheck = process.argv.includes("--check");
const isSecond = process.argv.includes(SECOND);
if (!isCheck && !isSecond) generatePrismaClient();
const outdated = [...(await generate())].filter(([path, bytes]) => !read(path)?.equals(bytes));

for (const [path, bytes] of outdated) {
  if (isCheck) {
    console.error(`${path} is out of date: run pnpm generate`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
    console.log(path);
  }
}

// This process loaded the modules before it wrote them, and the reference of the CLI prints what some of them hold.
if (!isCheck && !isSecond && outdated.some(([path]) => path.endsWith(".ts"))) {
  const { status } = spawnSync(process.execPath, [...process.execArgv, import.meta.filename, SECOND], {
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
} else if (!isCheck) {
  console.log(
    outdated.length === 0 && !isSecond
      ? "Every generated file is up to date."
      : "If operations, tables or checks changed, also update the lists that the proofs print: pnpm generate:printed",
  );
}

/** The client is not committed, and the packages do not compile without it. */
function generatePrismaClient(): void {
  const cwd = join(root, "packages/db");
  const prisma = createRequire(join(cwd, "package.json")).resolve("prisma/build/index.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [prisma, "generate"], {
    cwd,
    encoding: "utf8",
  });
  if (status === 0) return;
  console.error(stdout + stderr);
  process.exit(1);
}

async function generate(): Promise<Map<string, Buffer>> {
  const contract = describeContract();
  const whole = {
    ...generateBoundaryRules(root),
    ...generateRoles(),
    ...generateOperations(contract),
    ...generateOutputFields(contract),
    ...generateAuditActions(),
    ...generateErrors(root),
    ...generateInvariants(root),
    ...generateSdk(contract),
    ...generateSdkVersion(root),
    ...generateSdkTrpc(contract),
    ...(await generateCliReference()),
  };
  const files = {
    ...Object.fromEntries(Object.entries(whole).map(([path, text]) => [path, withHeader(path, text)])),
    ...Object.fromEntries(
      Object.entries({
        ...generatePackageDiagram(),
        ...generateDatabaseTables(),
        ...generateRepetition(),
        ...(await generateConfiguration()),
        ...generateMetricsTable(),
      }).map(([path, sections]) => [path, fillSections(readFileSync(join(root, path), "utf8"), sections)]),
    ),
    ...completeAuditPage(root),
  };
  const { printWidth } = z
    .object({ printWidth: z.number() })
    .parse(JSON.parse(readFileSync(join(root, ".oxfmtrc.json"), "utf8")));
  const texts = await Promise.all(
    Object.entries(files).map(async ([path, text]): Promise<[string, Buffer]> => {
      const { code, errors } = await format(path, text, { printWidth });
      if (errors.length > 0) throw new Error(`${path}: ${errors.map(({ message }) => message).join("; ")}`);
      return [path, Buffer.from(code)];
    }),
  );
  return new Map([...texts, ...Object.entries(generateCommonPasswords())]);
}

/** Adds a notice that the file is generated: in the first line, or in the first key of a JSON file, which has no comments. */
function withHeader(path: string, text: string): string {
  const notice = "Generated by `pnpm generate`. Do not edit.";
  // The linter reads comments in its configuration, and refuses unknown keys.
  if (path.endsWith(".json") && !path.startsWith(".oxlintrc"))
    return text.replace("{", `{"$comment": ${JSON.stringify(notice)},`);
  return path.endsWith(".md") ? `<!-- ${notice} -->\n\n${text}` : `// ${notice}\n${text}`;
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(join(root, path));
  } catch (error) {
    // A missing file is out of date. Any other error is reported.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
