// The routes beside the operations.
import type { JsonSchema, Reason } from "@projostack/contract";
import type { ErrorResponses } from "./errors.ts";
import { refTo } from "./json-schema.ts";
import { SERVER_TAG } from "./tags.ts";

/** The reasons for which a route can fail before it is reached. */
const reasonsOfRoutes: readonly Reason[] = [
  "request.malformed",
  "request.timeout",
  "request.url_too_long",
  "request.headers_too_large",
  "request.expectation",
  "limit.exceeded",
  "server.busy",
  "server.internal",
];

const JSON_TYPE = "application/json";

const ok = (description: string, mediaType: string, media: JsonSchema): JsonSchema => ({
  description,
  headers: { "x-request-id": refTo("headers", "RequestId") },
  content: { [mediaType]: media },
});

const stateOf = (status: string): JsonSchema => ({
  schema: {
    type: "object",
    properties: { status: { type: "string", const: status } },
    required: ["status"],
  },
  example: { status },
});

/** In the last half second of a stop, the server answers with an error instead. */
const notReady: JsonSchema = {
  description: "The database does not answer or accepts no writes, or the server is stopping.",
  headers: {
    "x-request-id": refTo("headers", "RequestId"),
    "Retry-After": refTo("headers", "RetryAfter"),
  },
  content: {
    [JSON_TYPE]: {
      schema: {
        anyOf: [
          {
            type: "object",
            properties: {
              status: { type: "string", const: "not ready" },
              waitingFor: { type: "string", const: "database" },
            },
            required: ["status", "waitingFor"],
          },
          {
            type: "object",
            properties: { status: { type: "string", const: "stopping" } },
            required: ["status"],
          },
          refTo("schemas", "ErrorResponse"),
        ],
      },
      example: { status: "not ready", waitingFor: "database" },
    },
  },
};

/** The responses of a resource with an ETag. */
const taggedResponses = (description: string, mediaType: string, schema: JsonSchema) => {
  const headers = { "x-request-id": refTo("headers", "RequestId"), ETag: refTo("headers", "ETag") };
  return {
    "200": { description, headers, content: { [mediaType]: { schema } } },
    "304": { description: "Your copy is the newest.", headers },
  };
};

const ifNoneMatch: JsonSchema = {
  name: "if-none-match",
  in: "header",
  description: "The `ETag` of your copy.",
  schema: { type: "string" },
};

const auditKeys: JsonSchema = {
  schema: {
    type: "object",
    properties: {
      keys: {
        type: "array",
        description: "The keys, newest first.",
        items: {
          type: "object",
          properties: {
            keyId: { type: "string", description: "The id that checkpoints name." },
            algorithm: { type: "string", const: "Ed25519" },
            publicKey: { type: "string", description: "The 32 bytes of the key, in base64." },
            pem: { type: "string", description: "The key in PEM." },
          },
          required: ["keyId", "algorithm", "publicKey", "pem"],
        },
      },
    },
    required: ["keys"],
  },
};

interface Route {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly JsonSchema[];
  readonly ownReasons?: readonly Reason[];
  readonly responses: Readonly<Record<string, JsonSchema>>;
}

const routes: readonly Route[] = [
  {
    path: "/livez",
    operationId: "livez",
    summary: "Shows that the process runs",
    description: "Answers also while the database is unavailable.",
    responses: { "200": ok("The process answers.", JSON_TYPE, stateOf("ok")) },
  },
  {
    path: "/readyz",
    operationId: "readyz",
    summary: "Shows whether the server can serve calls",
    description: "A load balancer sends no requests to a server that is not ready.",
    parameters: [
      {
        name: "exclude",
        in: "query",
        description: "`database` leaves out the check of the database.",
        schema: { type: "string", enum: ["database"] },
      },
    ],
    responses: {
      "200": ok("The database answers and accepts writes.", JSON_TYPE, stateOf("ready")),
      "503": notReady,
    },
  },
  {
    path: "/openapi.json",
    operationId: "openapi",
    summary: "Returns this description",
    description: "The OpenAPI description of every operation and route of this server.",
    parameters: [ifNoneMatch],
    responses: taggedResponses("The description.", JSON_TYPE, { type: "object" }),
  },
  {
    path: "/docs",
    operationId: "docs",
    summary: "Shows this description as a page",
    description: "The page sends requests to this server only. `PROJO_DOCS=off` switches it off.",
    parameters: [ifNoneMatch],
    ownReasons: ["operation.not_found"],
    responses: taggedResponses("The page.", "text/html", { type: "string" }),
  },
  {
    path: "/.well-known/projo-audit-keys.json",
    operationId: "auditKeys",
    summary: "Returns the public keys of audit checkpoints",
    description: "They verify the checkpoints that `audit.checkpoint` signed, without the server.",
    responses: { "200": ok("The public keys.", JSON_TYPE, auditKeys) },
  },
];

/** Describes the routes beside the operations. */
export function describeServerRoutes(errors: ErrorResponses): Record<string, JsonSchema> {
  return Object.fromEntries(
    routes.map(({ path, responses, ownReasons: own = [], ...route }) => {
      const failures = errors.of({ common: reasonsOfRoutes, own, prefix: "Route" });
      const get = { ...route, tags: [SERVER_TAG], security: [], responses: { ...failures, ...responses } };
      return [path, { get }];
    }),
  );
}
