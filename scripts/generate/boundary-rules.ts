// The package boundaries as rules of the linter. An override replaces the options of a rule as a whole, so that each set of files
// gets one complete list of patterns.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  environmentReaders,
  layered,
  packages,
  prismaClientFile,
  runTimeImports,
  type Imports,
  type Layers,
} from "../boundaries.ts";

interface Pattern {
  readonly group?: readonly string[];
  readonly regex?: string;
  readonly importNames?: readonly string[];
  readonly allowTypeImports?: boolean;
  readonly message: string;
}

interface Override {
  readonly files: readonly string[];
  readonly rules: Readonly<Record<string, unknown>>;
}

const TESTS = ["**/*.test.ts", "**/*.test-d.ts"];

/** @throws Error when a package, or a file of a package with layers, is missing in the table */
export function generateBoundaryRules(root: string): Record<string, string> {
  checkTable(root);
  const overrides = [
    ...Object.entries(packages).flatMap(([folder, { name, source, tests = source, parts = [] }]) => [
      restricted([`${folder}/**`], importPatterns(name, folder, tests)),
      ...(folder.includes("/")
        ? [restricted([`${folder}/src/**`], importPatterns(name, folder, source))]
        : []),
      ...parts.map(({ files, imports }) =>
        restricted(
          files.map((file) => `${folder}/${file}`),
          importPatterns(name, folder, imports),
        ),
      ),
      ...layerOverrides(name, folder, source),
      ...(folder.includes("/") && tests !== source
        ? [
            restricted(
              TESTS.map((test) => `${folder}/src/${test}`),
              importPatterns(name, folder, tests),
            ),
          ]
        : []),
    ]),
    environment(),
    { files: [...environmentReaders, ...TESTS], rules: { "no-restricted-properties": "off" } },
    { files: runTimeImports, rules: { "import/no-dynamic-require": "off" } },
  ];
  return { ".oxlintrc.boundaries.json": JSON.stringify({ overrides }, null, 2) };
}

const restricted = (files: readonly string[], patterns: readonly Pattern[]): Override => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns }] },
});

/** The linter applies the last group of negated names to all patterns before it, so the group of names comes last. */
function importPatterns(
  name: string,
  folder: string,
  { external, typesOf = [], internal, forbidden = [], advice }: Imports,
): Pattern[] {
  const own = [name, `${name}/**`];
  const known = internal.flatMap((each) => [each, `${each}/**`]);
  const named = (external ?? []).flatMap((each) => (each.endsWith("*") ? [each, `${each}/**`] : [each]));
  const allowed = [...own, ...known, ...named, ...typesOf];
  const outside = external ? ["*", "!./**", "!../**"] : ["@projostack/*", "@projostack/*/**", ...forbidden];
  return [
    { regex: "^(?:node:)?process$", importNames: ["env"], message: ENVIRONMENT },
    ...leavesPackage(folder),
    ...typesOf.map((each) => ({ regex: `^${escaped(each)}$`, allowTypeImports: true, message: advice })),
    ...generatedClient(folder),
    { group: [...outside, ...allowed.map((each) => `!${each}`)], message: advice },
  ];
}

const leavesPackage = (folder: string): Pattern[] => {
  // apps/web has a folder of its own with the name of a package: src/api.
  const nameOf = (other: string) =>
    folder === "apps/web" && other === "apps/api"
      ? "api/(?:src|test|dist)"
      : other.slice(other.indexOf("/") + 1);
  const others = Object.keys(packages)
    .filter((other) => other !== folder)
    .map(nameOf);
  return [
    {
      regex: `^/|^file:|^(?:\\.\\./)+(?:packages/|apps/|(?:${others.join("|")})/)`,
      message: "An import stays in its package. Import another package by its name.",
    },
  ];
};

const generatedClient = (folder: string): Pattern[] =>
  folder === "packages/db" || folder === "bench"
    ? []
    : [
        {
          regex: "(?:^|/)generated/client",
          message:
            "The generated Prisma client stays inside packages/db/src. Use the exports of @projostack/db.",
        },
      ];

const makesClient: Pattern = {
  regex: "/generated/client\\.ts$",
  importNames: ["PrismaClient"],
  allowTypeImports: true,
  message: `${prismaClientFile} makes the one Prisma client. Import the type, and take the client as an argument.`,
};

function layerOverrides(name: string, folder: string, source: Imports): Override[] {
  const src = `${folder}/src`;
  const layers = layered[src] ?? [];
  return layers.flatMap((parts, at) =>
    parts.map((part) => {
      const file = `${src}/${part.endsWith("/") ? `${part}**` : part}`;
      const client = folder === "packages/db" && file !== prismaClientFile ? [makesClient] : [];
      return restricted(
        [file],
        [...higherLayers(layers, at), ...routers(part), ...client, ...importPatterns(name, folder, source)],
      );
    }),
  );
}

function higherLayers(layers: Layers, at: number): Pattern[] {
  const higher = layers.slice(0, at).flat();
  if (higher.length === 0) return [];
  const order = layers.map((parts) => parts.map((part) => part.replace(/\/$/, "")).join(", ")).join(" -> ");
  return [
    {
      regex: `^(?:\\.\\./)+(?:${higher.map((part) => (part.endsWith("/") ? escaped(part) : `${escaped(part)}$`)).join("|")})`,
      message: `This import goes up the layers (${order}). Pass the value as an argument, or move it down.`,
    },
  ];
}

const routers = (part: string): Pattern[] =>
  part === "features/"
    ? [
        {
          regex: "^\\.\\./.*router\\.ts$",
          message: "A feature calls a function of another feature with the same workspace, never its router.",
        },
      ]
    : [];

const ENVIRONMENT =
  "One file of an app reads the environment and passes the settings on. A package takes arguments.";

const environment = (): Override => ({
  files: ["packages/*/src/**", "apps/*/src/**"],
  rules: {
    "no-restricted-properties": [
      "error",
      {
        object: "process",
        property: "env",
        message: ENVIRONMENT,
      },
      ...["$queryRawUnsafe", "$executeRawUnsafe"].map((property) => ({
        property,
        message: "It can be injected into; use $queryRaw`...`.",
      })),
      {
        object: "URL",
        property: "canParse",
        message:
          "Node.js 20 and 22 refuse letters of Latin-1 after some thousand calls. Use new URL, and catch its error.",
      },
    ],
  },
});

/** Fails when a package or a source file of a layered package is not in the table. */
function checkTable(root: string): void {
  for (const parent of ["packages", "apps"]) {
    for (const { name } of readdirSync(join(root, parent), { withFileTypes: true })) {
      if (!(`${parent}/${name}` in packages)) throw missing(`${parent}/${name}`, "packages");
    }
  }
  for (const [src, layers] of Object.entries(layered)) {
    for (const entry of readdirSync(join(root, src), { withFileTypes: true })) {
      const part = entry.isDirectory() ? `${entry.name}/` : entry.name;
      if (!layers.flat().includes(part)) throw missing(`${src}/${part}`, "layers");
    }
  }
}

const missing = (path: string, table: string): Error =>
  new Error(`${path} is not in the table of ${table} in scripts/boundaries.ts. Add it, or move it.`);

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
