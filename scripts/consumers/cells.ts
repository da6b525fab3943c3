// The kinds of TypeScript project in the matrix, and the kinds that a subpath cannot apply to.
import type { Subpath } from "./subpaths.ts";

export interface Compiler {
  readonly version: string;
  /** The name of the package among the tools. */
  readonly package: string;
  /** Whether it is a native program, which has no API in JavaScript. */
  readonly isNative?: boolean;
  readonly hasNode10: boolean;
  /** Whether it satisfies the peer dependency of @trpc/client on TypeScript. */
  readonly canCompileTrpc: boolean;
  readonly node10Settings?: Readonly<Record<string, unknown>>;
}

export const compilers: readonly Compiler[] = [
  { version: "5.0", package: "typescript-5.0", hasNode10: true, canCompileTrpc: false },
  { version: "5.4", package: "typescript-5.4", hasNode10: true, canCompileTrpc: false },
  { version: "5.9", package: "typescript-5.9", hasNode10: true, canCompileTrpc: true },
  {
    version: "6",
    package: "typescript-6",
    hasNode10: true,
    canCompileTrpc: true,
    node10Settings: { ignoreDeprecations: "6.0" },
  },
  { version: "7", package: "typescript", isNative: true, hasNode10: false, canCompileTrpc: true },
];

export interface Resolution {
  readonly name: string;
  readonly extension: ".ts" | ".mts" | ".cts";
  readonly options: Readonly<Record<string, unknown>>;
}

const strictest = {
  verbatimModuleSyntax: true,
  isolatedModules: true,
  moduleDetection: "force",
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
};
const bundler = { module: "esnext", moduleResolution: "bundler" };
const nodenext = { module: "nodenext", moduleResolution: "nodenext" };

export const resolutions: readonly Resolution[] = [
  { name: "bundler", extension: ".ts", options: bundler },
  { name: "bundler, strictest options", extension: ".ts", options: { ...bundler, ...strictest } },
  { name: "nodenext, ESM", extension: ".mts", options: nodenext },
  { name: "nodenext, CommonJS", extension: ".cts", options: nodenext },
  { name: "node10", extension: ".ts", options: { module: "commonjs", moduleResolution: "node10" } },
];

export type Platform = "DOM" | "Node" | "bare";
export const platforms: readonly Platform[] = ["DOM", "Node", "bare"];

/** The library that tRPC's declarations need, which contains `Disposable`. */
export const TRPC_LIBRARY = "esnext.disposable";

export const platformOptions: Readonly<
  Record<Platform, { readonly lib: readonly string[]; readonly types: readonly string[] }>
> = {
  DOM: { lib: ["es2022", "dom", "dom.iterable"], types: [] },
  Node: { lib: ["es2022"], types: ["node"] },
  bare: { lib: ["es2022"], types: [] },
};

/** A kind of project. */
export interface Kind {
  readonly compiler: Compiler;
  readonly resolution: Resolution;
  readonly platform: Platform;
}

export const kinds: readonly Kind[] = compilers.flatMap((compiler) =>
  resolutions.flatMap((resolution) => platforms.map((platform) => ({ compiler, resolution, platform }))),
);

export const inapplicable = {
  a: "TypeScript 7 has no node10 resolution.",
  b: "@trpc/client needs TypeScript 5.7.2 or newer.",
  c: "@trpc/client needs the types of the DOM.",
} as const;

export type Inapplicable = keyof typeof inapplicable;

/** Returns why a subpath cannot apply to a kind of project, or undefined if it applies. */
export function inapplicableReason(
  { compiler, resolution, platform }: Kind,
  { path }: Subpath,
): Inapplicable | undefined {
  if (resolution.name === "node10" && !compiler.hasNode10) return "a";
  if (path !== "./trpc") return undefined;
  if (!compiler.canCompileTrpc) return "b";
  return platform === "DOM" ? undefined : "c";
}
