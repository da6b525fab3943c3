// Generates parts of the SDK: the plain types, the Api interface, the list of operations at run time, and the type test that
// compares the types with the contract.
import { reasons } from "@projostack/contract";
import {
  describeAccess,
  pageItem,
  type DescribedContract,
  type DescribedOperation,
} from "./contract-text.ts";
import { describeValue, jsDoc, plainType } from "./plain-type.ts";

const folder = "packages/sdk/src/generated";
/** Names of the SDK's own types. A model must not use them. */
const reservedNames = ["Api", "CallOptions", "ErrorCode", "ErrorData", "Page", "Paged", "Reason"];

export function generateSdk(contract: DescribedContract): Record<string, string> {
  refuseDuplicates(contract);
  return {
    [`${folder}/types.ts`]: types(contract),
    [`${folder}/api.ts`]: api(contract),
    [`${folder}/operations.ts`]: operationList(contract),
    "packages/sdk/test/generated/same-types.test-d.ts": sameTypes(contract),
  };
}

function types({ operations, models }: DescribedContract): string {
  const codes = [...new Set(Object.values(reasons).map(([code]) => code))].toSorted();
  return [
    `import type { Page } from "../page.ts";`,
    ...Object.entries(models).map(([name, schema]) =>
      declaration(name, plainType(schema, "output", name), describeValue(schema)),
    ),
    ...operations.flatMap(({ name, summary, input, output }) => {
      const item = pageItem(output);
      const outputType =
        item === undefined ? plainType(output, "output", name) : `Page<${plainType(item, "output", name)}>`;
      return [
        declaration(inputName(name), plainType(input, "input", name), [
          `The input of \`${name}\`. ${summary}`,
        ]),
        declaration(outputName(name), outputType, [`The output of \`${name}\`.`]),
      ];
    }),
    declaration("Reason", unionOf(Object.keys(reasons).toSorted()), [
      "The machine-readable reason of a failed call. A newer server can return other reasons.",
    ]),
    declaration("ErrorCode", unionOf(codes), ["The tRPC error code of a failed call."]),
    `/** The details of a failed call. */
export interface ErrorData {
  code: ErrorCode;
  httpStatus: number;
  reason: Reason;
  /** The id of the request in the server's log. Quote it when you ask for help. */
  requestId: string;
  /** The time in seconds to wait before the next attempt. */
  retryAfter?: number;
  /** The messages for each invalid field of the input, by its dotted path. The key \`""\` stands for the whole input. */
  fieldErrors?: Record<string, string[]>;
}`,
  ].join("\n\n");
}

function api({ operations }: DescribedContract): string {
  const nouns = [...new Set(operations.map(({ noun }) => noun))];
  const body = nouns.map((noun) => {
    const verbs = operations.filter((operation) => operation.noun === noun);
    return `readonly ${noun}: {\n${verbs.map((operation) => method(operation)).join("\n\n")}\n};`;
  });
  const used = operations.flatMap(({ name, input, output }) => [
    ...(isNamed(input) ? [] : [inputName(name)]),
    ...namesIn(resultType({ name, output })),
  ]);
  return `import type { CallOptions } from "../options.ts";
import type { Paged } from "../page.ts";
import type { ${[...new Set(used)].toSorted().join(", ")} } from "./types.ts";

/** Every operation of the server, by resource and action. */
export interface Api {
${body.join("\n\n")}
}`;
}

function method(operation: DescribedOperation): string {
  const { name, verb, summary, access, reasons: ownReasons, input } = operation;
  const throws = ownReasons.map((reason) => `\`${reason}\``).join(", ");
  const doc = jsDoc([
    summary,
    "",
    `Access: ${describeAccess(access)}.`,
    ...(throws === "" ? [] : ["", `@throws ProjoError with the reason ${throws}`]),
  ]);
  const optional = isOptional(operation) ? "?" : "";
  const parameter = isNamed(input) ? plainType(input, "input", name) : inputName(name);
  return `${doc}${verb}(input${optional}: ${parameter}, options?: CallOptions): ${resultType(operation)};`;
}

function operationList({ operations }: DescribedContract): string {
  const lists = operations.filter(({ output }) => pageItem(output) !== undefined).map(({ name }) => name);
  return `/** Every operation and its kind. A query is sent with GET, a mutation with POST. */
export const operations = {
${operations.map(({ name, kind }) => `${JSON.stringify(name)}: ${JSON.stringify(kind)},`).join("\n")}
} as const;

/** The operations that return pages. */
export const lists = ${JSON.stringify(lists)} as const;`;
}

/** The generated test is compiled but never run. Two types are the same if each is assignable to the other. */
function sameTypes({ operations }: DescribedContract): string {
  const pairs = operations.flatMap((operation) => {
    const { name, noun, verb } = operation;
    const inputType = isOptional(operation) ? `${inputName(name)} | undefined` : inputName(name);
    const path = `Contract["${noun}"]["${verb}"]`;
    return [
      `Same<Sdk.${inputType}, z.input<${path}["input"]>>`,
      `Same<Sdk.${outputName(name)}, z.output<${path}["output"]>>`,
    ];
  });
  return `import type { Contract, ErrorCode, ErrorData, Reason } from "@projostack/contract";
import type { z } from "zod";
import type * as Sdk from "../../src/generated/types.ts";

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : "the contract's type is wider") : "the SDK's type is wider";

/** Each element must be \`true\`. Otherwise the compiler reports an error at its line. */
export const same: [
  ${["Same<Sdk.Reason, Reason>", "Same<Sdk.ErrorCode, ErrorCode>", "Same<Sdk.ErrorData, ErrorData>", ...pairs].join(",\n")},
] = [${"true, ".repeat(pairs.length + 3)}];`;
}

function declaration(name: string, type: string, doc: readonly string[]): string {
  const head = jsDoc(doc);
  return type.startsWith("{") && type.endsWith("}")
    ? `${head}export interface ${name} ${type}`
    : `${head}export type ${name} = ${type};`;
}

function resultType({ name, output }: Pick<DescribedOperation, "name" | "output">): string {
  const item = pageItem(output);
  if (item !== undefined) return `Paged<${plainType(item, "output", name)}>`;
  return `Promise<${isNamed(output) ? plainType(output, "output", name) : outputName(name)}>`;
}

function isOptional({ input }: DescribedOperation): boolean {
  return "default" in input;
}

function isNamed(schema: object): boolean {
  return "$ref" in schema;
}

function namesIn(type: string): string[] {
  return [...type.matchAll(/[A-Z]\w*/g)]
    .map(([name]) => name)
    .filter((n) => n !== "Paged" && n !== "Promise");
}

function inputName(name: string): string {
  return `${pascal(name)}Input`;
}

function outputName(name: string): string {
  return `${pascal(name)}Output`;
}

function pascal(name: string): string {
  return name.replaceAll(/(?:^|\.)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function unionOf(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(" | ");
}

function refuseDuplicates({ operations, models }: DescribedContract): void {
  const names = [
    ...reservedNames,
    ...Object.keys(models),
    ...operations.flatMap(({ name }) => [inputName(name), outputName(name)]),
  ];
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined)
    throw new Error(`The SDK would have two types named ${duplicate}. Rename the model.`);
}
