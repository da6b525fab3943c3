import { policy } from "@projostack/authz";
import {
  accessSentence,
  auditSentence,
  describeCost,
  properties,
  repetitionSentence,
  type DescribedOperation,
  type JsonSchema,
} from "@projostack/contract";
import type { ErrorResponses, ReasonsOfRoute } from "./errors.ts";
import { headersOfCall, headersOfReplay } from "./headers.ts";
import { inputSchema, inputSchemaWithoutDefaults, outputSchema, refTo } from "./json-schema.ts";

/** Public operations that use a token if the caller sends one. */
const useOptionalToken: ReadonlySet<string> = new Set(["auth.signOut"]);

/** Describes the path of an operation. */
export function describePath(
  operation: DescribedOperation,
  errors: ErrorResponses,
): readonly [path: string, item: JsonSchema] {
  const { name, noun, kind, summary } = operation;
  const item = {
    operationId: name,
    summary: summary.replace(/\.$/, ""),
    description: descriptionOf(operation),
    tags: [noun],
    security: securityOf(operation),
    parameters: parametersOf(operation),
    ...(kind === "mutation" ? { requestBody: bodyOf(operation) } : {}),
    responses: {
      "200": successOf(operation),
      ...errors.of(reasonsOf(operation)),
    },
  };
  return [`/trpc/${name}`, { [kind === "query" ? "get" : "post"]: item }];
}

function descriptionOf(operation: DescribedOperation): string {
  const { details, access, cost, input } = operation;
  const isLong = cost.batch === false;
  const facts = [
    accessSentence(access),
    auditSentence(operation),
    repetitionSentence(operation),
    `Cost: ${describeCost(cost, input)}.`,
    isLong ? "This is a long operation: it cannot be part of a batch." : null,
  ];
  return `${details}\n\n${facts.filter((fact) => fact !== null).join(" ")}`;
}

function reasonsOf({ kind, reasons: own, reasonGroups }: DescribedOperation): ReasonsOfRoute {
  const all = reasonGroups.flatMap(({ reasons }) => reasons);
  return {
    own,
    common: all.filter((reason) => !own.includes(reason)),
    prefix: kind === "query" ? "QueryError" : "MutationError",
  };
}

/** An empty object permits calls without a token. */
function securityOf({ name, access, reasons }: DescribedOperation): JsonSchema[] {
  const [user, key] = [[{ accessToken: [] }, { sessionCookie: [] }], { serviceKey: [] }];
  if (access === "public") return useOptionalToken.has(name) ? [{}, ...user] : [];
  if (access === "session" || reasons.includes("auth.person_required")) return user;
  return policy[access] === "key" ? [key] : [...user, key];
}

function parametersOf(operation: DescribedOperation): JsonSchema[] {
  const { access, kind } = operation;
  const isInWorkspace = access !== "public" && access !== "session";
  return [
    ...(kind === "query" && hasFields(operation) ? [inputParameterOf(operation)] : []),
    ...(isInWorkspace ? [refTo("parameters", "WorkspaceId")] : []),
    ...(kind === "mutation" ? [refTo("parameters", "IdempotencyKey")] : []),
    refTo("parameters", "SessionMode"),
    refTo("parameters", "RequestId"),
    refTo("parameters", "Traceparent"),
  ];
}

const hasFields = ({ input }: DescribedOperation): boolean => Object.keys(properties(input)).length > 0;

/**
 * The parameter is a text that contains JSON, and not an object: many generators encode an object in another way.
 * docs/decisions/openapi.md compares the possible descriptions.
 */
const inputParameterOf = ({ name, input, example }: DescribedOperation): JsonSchema => ({
  name: "input",
  in: "query",
  description: `The input of the operation: \`${inputName(name)}\`, as JSON.`,
  required: !("default" in input),
  schema: {
    type: "string",
    contentMediaType: "application/json",
    contentSchema: refTo("schemas", inputName(name)),
  },
  example: JSON.stringify(example.input),
});

/** A mutation without fields needs a body too: the server rejects a POST request without the media type of JSON. */
const bodyOf = ({ name, input, example }: DescribedOperation): JsonSchema => ({
  required: true,
  content: {
    "application/json": {
      schema: { title: inputName(name), ...inputSchema(input) },
      example: example.input,
    },
  },
});

function successOf({ name, kind, output, example }: DescribedOperation): JsonSchema {
  const data = "$ref" in output ? outputSchema(output) : refTo("schemas", outputName(name));
  const result = { type: "object", properties: { data }, required: ["data"] };
  return {
    description: "The operation succeeded.",
    headers: { ...headersOfCall, ...(kind === "mutation" ? headersOfReplay : {}) },
    content: {
      "application/json": {
        schema: { type: "object", properties: { result }, required: ["result"] },
        example: { result: { data: example.output } },
      },
    },
  };
}

const pascal = (name: string): string =>
  name.replaceAll(/(?:^|\.)(\w)/g, (_, letter: string) => letter.toUpperCase());

const inputName = (name: string): string => `${pascal(name)}Input`;
const outputName = (name: string): string => `${pascal(name)}Output`;

/** The schemas of an operation that have a name: the input of a query, and an output that is no model. */
export function namedSchemasOf(operation: DescribedOperation): Record<string, JsonSchema> {
  const { name, kind, input, output } = operation;
  return {
    ...(kind === "query" && hasFields(operation)
      ? {
          [inputName(name)]: {
            description: `The input of \`${name}\`.`,
            ...inputSchemaWithoutDefaults(input),
          },
        }
      : {}),
    ...("$ref" in output
      ? {}
      : { [outputName(name)]: { description: `The output of \`${name}\`.`, ...outputSchema(output) } }),
  };
}
