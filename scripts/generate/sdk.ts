// Generates parts of the SDK: the plain types, the Api interface, the list of operations at run time, and the type test that
// compares the types with the contract.
import {
  commonReasons,
  currentRows,
  httpStatusOf,
  pageItem,
  properties,
  reasons,
  resourceDescriptions,
  type DescribedContract,
  type DescribedOperation,
  type JsonSchema,
  type Reason,
} from "@projostack/contract";
import { inputDoc, methodDoc, outputDoc, reasonDoc } from "./docstrings.ts";
import { docLines, jsDoc, plainType } from "./plain-type.ts";

const folder = "packages/sdk/src/generated";
/** Names of the SDK's own types. A model must not use them. */
const reservedNames = [
  "Api",
  "Call",
  "CurrentRows",
  "ErrorCode",
  "ErrorData",
  "MethodOptions",
  "Page",
  "Paged",
  "Reason",
];

export function generateSdk(contract: DescribedContract): Record<string, string> {
  refuseDuplicates(contract);
  return {
    [`${folder}/types.ts`]: types(contract),
    [`${folder}/api.ts`]: api(contract),
    [`${folder}/operations.ts`]: operationList(contract),
    [`${folder}/operation-types.ts`]: operationTypes(contract),
    [`${folder}/reasons.ts`]: reasonTable(),
    "packages/sdk/test/generated/same-types.test-d.ts": sameTypes(contract),
  };
}

function types({ operations, models }: DescribedContract): string {
  const codes = [...new Set(Object.values(reasons).map(([code]) => code))].toSorted();
  return [
    `import type { Page } from "../page.ts";`,
    ...Object.entries(models).map(([name, schema]) =>
      declaration(name, plainType(schema, "output", name), docLines(schema)),
    ),
    ...operations.flatMap((operation) => {
      const { name, input, output } = operation;
      const item = pageItem(output);
      const outputType =
        item === undefined ? plainType(output, "output", name) : `Page<${plainType(item, "output", name)}>`;
      return [
        declaration(inputName(name), plainType(input, "input", name), inputDoc(operation)),
        declaration(outputName(name), outputType, outputDoc(operation)),
      ];
    }),
    declaration("Reason", unionOf(Object.keys(reasons).toSorted()), reasonDoc()),
    declaration("ErrorCode", unionOf(codes), [
      "The name of the HTTP status of a failed call, as tRPC writes it. A program decides by `reason`.",
    ]),
    declaration("CurrentRows", currentRowTypes(), [
      "The type of the present row in a failure, by its reason.",
    ]),
    `/** The details of a failed call. */
export interface ErrorData {
  /** The name of \`httpStatus\`. */
  code: ErrorCode;
  /** The HTTP status, 400 or higher. */
  httpStatus: number;
  /** Why the call failed. A program decides by it. */
  reason: Reason;
  /** The id of the request in the server's log. Quote it when you ask for help. */
  requestId: string;
  /** The time in seconds to wait before the next attempt. */
  retryAfter?: number;
  /** The messages for each invalid field of the input, by its dotted path. The key \`""\` stands for the whole input. */
  fieldErrors?: Record<string, string[]>;
  /** The present row, if \`reason\` is a version conflict and the caller may read the row. */
  current?: CurrentRows[keyof CurrentRows];
}`,
  ].join("\n\n");
}

function currentRowTypes(): string {
  const fields = Object.entries(currentRows).map(([reason, { schema }]) => {
    const name = schema.meta()?.id;
    if (name === undefined) throw new Error(`The row of ${reason} has no name. Give its schema an id.`);
    const doc = jsDoc([`The ${name.toLowerCase()} whose version differs from the expected one.`]);
    return `${doc}${JSON.stringify(reason)}: ${name};`;
  });
  return `{\n${fields.join("\n")}\n}`;
}

function api({ operations }: DescribedContract): string {
  const nouns = [...new Set(operations.map(({ noun }) => noun))];
  const describe = (noun: string): string => {
    const verbs = operations.filter((operation) => operation.noun === noun);
    return `${jsDoc([describeResource(noun)])}readonly ${noun}: {\n${verbs.map((operation) => method(operation)).join("\n\n")}\n};`;
  };
  const others = nouns.filter((noun) => noun !== "auth");
  const used = operations.flatMap(({ name, input, output }) => [
    ...(isNamed(input) || isEmpty(input) ? [] : [inputName(name)]),
    ...namesIn(resultType({ name, output })),
  ]);
  return `import type { Call, Paged } from "../answer.ts";
import type { MethodOptions, NoInput } from "../options.ts";
import type { ${[...new Set(used)].toSorted().join(", ")} } from "./types.ts";

/** The operations that are the same with tokens and with a session cookie, by resource and action. */
export interface ResourceApi {
${others.map((noun) => describe(noun)).join("\n\n")}
}

/** Every operation of the server, by resource and action. */
export interface Api extends ResourceApi {
${describe("auth")}
}

/** The methods of {@link Api}, by the name of their operation. */
export interface Methods {
${operations.map(({ name, noun, verb }) => `/** The method of \`${name}\`. */\n${JSON.stringify(name)}: Api[${JSON.stringify(noun)}][${JSON.stringify(verb)}];`).join("\n")}
}`;
}

function describeResource(noun: string): string {
  const descriptions: Readonly<Record<string, string>> = resourceDescriptions;
  const description = descriptions[noun];
  if (description === undefined) throw new Error(`The resource ${noun} has no description.`);
  return description;
}

function method(operation: DescribedOperation): string {
  const { name, verb, input } = operation;
  const type = isNamed(input) ? plainType(input, "input", name) : inputName(name);
  const parameter = isOptional(operation) ? `input?: ${optionalType(operation, type)}` : `input: ${type}`;
  return `${jsDoc(methodDoc(operation))}${verb}(${parameter}, options?: MethodOptions): ${resultType(operation)};`;
}

/**
 * An optional input accepts an object without any of its fields, such as the context of a query function, so that the method
 * can be passed as one. The compiler still refuses an object literal with another field. `void` allows `mutate()` of TanStack
 * Query without an argument.
 */
function optionalType({ kind, input }: DescribedOperation, type: string): string {
  const object = isEmpty(input) ? "NoInput" : `object & ${type}`;
  return kind === "query" ? object : `void | (${object})`;
}

function isEmpty(input: JsonSchema): boolean {
  return Object.keys(properties(input)).length === 0 && !isNamed(input);
}

function operationTypes({ operations }: DescribedContract): string {
  const body = operations.map(({ name, reasons: own }) => {
    // The SDK reports a refused refresh as the failure of the call that needed it.
    const renewed: Reason[] = own.includes("auth.unauthenticated") ? ["auth.token_reused"] : [];
    const all = [...new Set([...own, ...renewed])].toSorted();
    const reason = [...all.map((text) => JSON.stringify(text)), "CommonReason"].join(" | ");
    return `${JSON.stringify(name)}: { input: Types.${inputName(name)}; output: Types.${outputName(name)}; reason: ${reason} };`;
  });
  return `import type * as Types from "./types.ts";

/** The reasons with which any operation can fail. */
export type CommonReason = ${unionOf(commonReasons)};

/** The types of every operation, by name. */
export interface OperationTypes {
${body.join("\n")}
}`;
}

function reasonTable(): string {
  const rows = Object.entries(reasons).map(
    ([reason, [code, message]]) =>
      `${JSON.stringify(reason)}: ${JSON.stringify([code, httpStatusOf(reason as Reason), message])},`,
  );
  return `import type { ErrorCode, Reason } from "./types.ts";

/** The code, the HTTP status and the message of every reason. Only the subpath for tests loads this table. */
export const reasons: Readonly<Record<Reason, readonly [ErrorCode, number, string]>> = {
${rows.join("\n")}
};`;
}

function operationList({ operations }: DescribedContract): string {
  // The SDK finds the operations that return pages by their names, because a list of them would make its main path longer.
  const misnamed = operations.find(
    ({ verb, output }) => /^list(?![a-z])/.test(verb) !== (pageItem(output) !== undefined),
  );
  if (misnamed)
    throw new Error(`${misnamed.name}: exactly the operations that return pages have a name such as "list".`);
  return `/** Every operation and its kind. A query is sent with GET, a mutation with POST. */
export const operations = {
${operations.map(({ name, kind }) => `${JSON.stringify(name)}: ${JSON.stringify(kind)},`).join("\n")}
} as const;`;
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
  const operation = JSON.stringify(name);
  if (item !== undefined) return `Paged<${plainType(item, "output", name)}, ${operation}>`;
  return `Call<${isNamed(output) ? plainType(output, "output", name) : outputName(name)}, ${operation}>`;
}

export function isOptional({ input }: DescribedOperation): boolean {
  return "default" in input;
}

function isNamed(schema: object): boolean {
  return "$ref" in schema;
}

function namesIn(type: string): string[] {
  return [...type.replaceAll(/"[^"]*"/g, "").matchAll(/[A-Z]\w*/g)]
    .map(([name]) => name)
    .filter((n) => n !== "Paged" && n !== "Call");
}

export function inputName(name: string): string {
  return `${pascal(name)}Input`;
}

export function outputName(name: string): string {
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
