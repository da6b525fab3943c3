// Generates the type of the server's tRPC router for @trpc/client. It contains the types of the SDK only, so that no name of
// the server can reach a client: a router type that is inferred from the server contains its context.
import {
  describeAccess,
  pageItem,
  type DescribedContract,
  type DescribedOperation,
} from "@projostack/contract";
import { jsDoc } from "./plain-type.ts";
import { inputName, isOptional, outputName } from "./sdk.ts";

const file = "packages/sdk/src/generated/app-router.ts";

export function generateSdkTrpc({ operations }: DescribedContract): Record<string, string> {
  const nouns = [...new Set(operations.map(({ noun }) => noun))];
  const records = nouns.map((noun) => {
    const procedures = operations.filter((operation) => operation.noun === noun).map(procedure);
    return `${noun}: {\n${procedures.join("\n\n")}\n};`;
  });
  const names = operations.flatMap(({ name }) => [inputName(name), outputName(name)]);
  return {
    [file]: `import type { AnyTRPCRouter, TRPCMutationProcedure, TRPCQueryProcedure } from "@trpc/server";
import type { ErrorData, ${names.toSorted().join(", ")} } from "./types.ts";

/** The error of a failed call. A \`TRPCClientError\` has it as \`shape\`, and its \`data\` as \`data\`. */
export interface ErrorShape {
  message: string;
  /** The JSON-RPC 2.0 error code. */
  code: number;
  data: ErrorData;
}

type Query<Input, Output> = TRPCQueryProcedure<{ input: Input; output: Output; meta: unknown }>;
type Mutation<Input, Output> = TRPCMutationProcedure<{ input: Input; output: Output; meta: unknown }>;

/** Every operation as a procedure, by resource and action. */
export type AppProcedures = {
${records.join("\n\n")}
};

interface RootTypes {
  ctx: object;
  meta: object;
  errorShape: ErrorShape;
  transformer: false;
}

type AnyDefinition = AnyTRPCRouter["_def"];
type Configuration = Omit<AnyDefinition["_config"], "$types"> & { $types: RootTypes };

/**
 * The type of the server's router, for \`createTRPCClient\`, \`createTRPCOptionsProxy\` and \`createTRPCContext\`. It is a type
 * only: no router exists in the client.
 */
export interface AppRouter {
  _def: Omit<AnyDefinition, "_config" | "procedures" | "record"> & {
    _config: Configuration;
    procedures: AppProcedures;
    record: AppProcedures;
  };
  createCaller: AnyTRPCRouter["createCaller"];
}

/** The operations that the server does not accept in a batch. */
export const unbatched: readonly string[] = ${JSON.stringify(
      operations.filter(({ cost }) => cost.batch === false).map(({ name }) => name),
    )};`,
  };
}

function procedure(operation: DescribedOperation): string {
  const { name, verb, kind, summary, access, reasons, output } = operation;
  const thrown = reasons.map((reason) => `\`${reason}\``).join(", ");
  const doc = jsDoc([
    summary,
    "",
    `Access: ${describeAccess(access)}.`,
    ...(pageItem(output) === undefined
      ? []
      : ["", "A list: pass `nextCursor` as `cursor` to get the next page."]),
    ...(thrown === "" ? [] : ["", `@throws TRPCClientError with the reason ${thrown}`]),
  ]);
  const input = isOptional(operation) ? `${inputName(name)} | undefined` : inputName(name);
  const type = kind === "query" ? "Query" : "Mutation";
  return `${doc}${verb}: ${type}<${input}, ${outputName(name)}>;`;
}
