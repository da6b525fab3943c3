// Compares responses of a server with the OpenAPI document: the status, the headers and the body.
import type { JsonSchema } from "@projostack/contract";
import { plain } from "@projostack/contract";
import addFormats from "ajv-formats";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { Heard } from "../equality/exchange.ts";
import type { OpenApiDocument } from "../../src/openapi/document.ts";

export interface Described {
  /** Returns what the document does not describe in the response to a request, one line each. */
  readonly differencesOf: (path: string, response: Heard) => string[];
  /** Whether a value matches a schema of the document. @returns the problems */
  readonly problemsOf: (schema: JsonSchema, value: unknown) => string[];
  /** Follows a reference. */
  readonly resolve: (value: unknown) => JsonSchema;
}

/** Headers of HTTP itself, which the document does not describe. */
const UNDESCRIBED = new Set([
  "cache-control",
  "connection",
  "content-length",
  // Instructions to a browser that shows the page /docs.
  "content-security-policy",
  "content-type",
  "cross-origin-opener-policy",
  "date",
  "keep-alive",
  "referrer-policy",
  "transfer-encoding",
  "vary",
  "x-content-type-options",
]);

/** The operation whose description is used for a request to an unknown path. */
const ANY_PATH = "/trpc/tasks.list";

export function describedBy(document: OpenApiDocument): Described {
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  addFormats.default(ajv);
  ajv.addKeyword("x-enumDescriptions");
  ajv.addSchema({ $id: "document", $defs: absolute(closed(document.components["schemas"] ?? {})) });
  const compiled = new Map<string, ValidateFunction>();
  const problemsOf = (schema: JsonSchema, value: unknown): string[] => {
    const key = JSON.stringify(schema);
    const validate = compiled.get(key) ?? ajv.compile(absolute(closed(schema)));
    compiled.set(key, validate);
    validate(value);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
  const resolve = (value: unknown): JsonSchema => {
    const object = plain(value);
    const { $ref } = object;
    if (typeof $ref !== "string") return object;
    const [, , kind = "", name = ""] = $ref.split("/");
    return resolve(document.components[kind]?.[name]);
  };

  const differencesOf = (path: string, { status, headers, text }: Heard): string[] => {
    const [item] = Object.values(document.paths[path] ?? document.paths[ANY_PATH] ?? {});
    const found = plain(plain(item)["responses"])[status];
    if (found === undefined) return [`the status ${status}`];
    const { headers: described = {}, content } = resolve(found);
    return [...headerDifferences(headers, plain(described)), ...bodyDifferences(headers, text, content)].map(
      (line) => `${status}: ${line}`,
    );
  };

  const headerDifferences = (sent: Heard["headers"], described: JsonSchema): string[] => {
    const byName = new Map(
      Object.entries(described).map(([name, one]) => [name.toLowerCase(), resolve(one)]),
    );
    const names = new Set(sent.map(([name]) => name));
    return [
      ...[...names]
        .filter((name) => !UNDESCRIBED.has(name) && !byName.has(name))
        .map((name) => `the header ${name}`),
      ...[...byName]
        .filter(([name, { required }]) => required === true && !names.has(name))
        .map(([name]) => `no header ${name}`),
      ...sent.flatMap(([name, value]) => {
        const schema = byName.get(name)?.["schema"];
        if (schema === undefined) return [];
        const isNumber = plain(schema)["type"] === "integer";
        return problemsOf(plain(schema), isNumber ? Number(value) : value).map((one) => `${name}: ${one}`);
      }),
    ];
  };

  const bodyDifferences = (sent: Heard["headers"], text: string, content: unknown): string[] => {
    if (content === undefined) return text === "" ? [] : ["a body"];
    const [type = ""] = sent.find(([name]) => name === "content-type")?.[1].split(";") ?? [];
    const media = plain(content)[type];
    if (media === undefined) return [`the media type ${type}`];
    const body: unknown = type === "application/json" ? JSON.parse(text) : text;
    return problemsOf(plain(plain(media)["schema"]), body);
  };

  return { differencesOf, problemsOf, resolve };
}

/** Forbids the fields that a schema does not describe, also where the document permits those of a newer server. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map((item: unknown) => closed(item)) as T;
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]: [string, unknown]) => [keyword, closed(value)]),
  );
  const isOpen = copy["type"] === "object" && "properties" in copy && !("additionalProperties" in copy);
  return (isOpen ? { ...copy, additionalProperties: false } : copy) as T;
}

/** Resolves the references of a schema against the document. */
const absolute = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"document#/$defs/')) as JsonSchema;
