// Describes the HTTP interface of the server in OpenAPI 3.1. The contract is the source: its schemas, descriptions, reasons
// and access rules. Nothing here names a single operation, except for the token that `auth.signOut` accepts.
import { describeInSteps, type DescribedContract, type JsonSchema } from "@projostack/contract";
import { createErrorResponses } from "./errors.ts";
import { headers, parameters } from "./headers.ts";
import { inputSchema, modelsIn, outputSchema } from "./json-schema.ts";
import { describePath, namedSchemasOf } from "./operation.ts";
import { describeServerRoutes } from "./server-routes.ts";
import { tags } from "./tags.ts";

export interface OpenApiDocument extends JsonSchema {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, JsonSchema>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
}

/**
 * Creates the document.
 * @param version the version of the server
 * @param pause called between two parts of the work, so that other calls are served
 */
export async function createDocument(version: string, pause: () => Promise<void>): Promise<OpenApiDocument> {
  const contract = await describedContract(pause);
  const errors = createErrorResponses();
  const schemas = modelSchemas(contract);
  const paths: Record<string, JsonSchema> = {};
  for (const operation of contract.operations) {
    const [path, item] = describePath(operation, errors);
    paths[path] = item;
    Object.assign(schemas, namedSchemasOf(operation));
    await pause();
  }
  Object.assign(paths, describeServerRoutes(errors));
  return {
    openapi: "3.1.0",
    info: {
      title: "ProjoStack API",
      version,
      summary: "A multi-tenant backend: accounts, workspaces, members, projects, tasks and the audit log.",
      description,
      contact: { name: "The operator of this server" },
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "The server that sent this document" }],
    tags,
    security: [{ accessToken: [] }, { sessionCookie: [] }],
    paths,
    components: {
      schemas: sorted({ ...schemas, ...errors.components.schemas }),
      responses: sorted(errors.components.responses),
      examples: errors.components.examples,
      parameters,
      headers,
      securitySchemes,
    },
  };
}

async function describedContract(pause: () => Promise<void>): Promise<DescribedContract> {
  const steps = describeInSteps();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    await pause();
  }
}

/** A model that an input uses refuses unknown fields. All other models permit them. */
function modelSchemas({ operations, models }: DescribedContract): Record<string, JsonSchema> {
  const inInputs = modelsIn(
    operations.map(({ input }) => input),
    models,
  );
  return Object.fromEntries(
    Object.entries(models).map(([name, schema]) => [
      name,
      inInputs.has(name) ? inputSchema(schema) : outputSchema(schema),
    ]),
  );
}

const sorted = <T>(byName: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(byName).toSorted(([a], [b]) => (a < b ? -1 : 1)));

const securitySchemes: Readonly<Record<string, JsonSchema>> = {
  accessToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "pja_",
    description:
      "The `accessToken` of a signed-in user, from `auth.signIn`, `auth.signUp` or `auth.refresh`. It is valid for ten minutes.",
  },
  sessionCookie: {
    type: "apiKey",
    in: "cookie",
    name: "__Host-projo_session",
    description:
      "The session cookie of a browser, from `auth.signIn` or `auth.signUp` with `x-session: cookie`. It is used only by requests with this header. Its name is `__Secure-projo_session` if the server has a cookie domain, and `projo_session` at `http://` on the machine of the server.",
  },
  serviceKey: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "pjk_",
    description:
      "The token of a service key, from `serviceKeys.create` or `serviceKeys.rotate`. The key has one workspace, a role and scopes.",
  },
};

const description = `Every operation has the path \`/trpc/<operation>\`.

- A **query** is sent with GET. Its input is the query parameter \`input\`: a JSON object, percent-encoded. Without an input, omit the parameter.
- A **mutation** is sent with POST. Its input is the body, in JSON with \`content-type: application/json\`. Send \`{}\` if it has no fields.
- A successful call returns \`{"result": {"data": ...}}\`.
- A failed call returns \`{"error": {"message", "code", "data"}}\`. A program decides by \`error.data.reason\`. The same reason always has the same HTTP status.

A response can contain more fields, and \`reason\` can have more values, when the server is newer than this document. A request cannot contain
unknown fields: the server rejects them with \`input.invalid\`.

**Cookie mode.** A request with the header \`x-session: cookie\` uses the session cookie in place of an access token. In this mode \`auth.signIn\` and
\`auth.signUp\` set the cookie, and their answers have no \`accessToken\`, \`accessTokenExpiresAt\` and \`refreshToken\`. The server replaces the cookie
with the answer to any call, and deletes it when the session has ended.

One request can carry up to ten calls of the same kind: join the names with commas, add \`batch=1\` to the query, and send the inputs as an object with the keys
\`0\`, \`1\` and so on. The response is an array. Its status is 207 if the statuses of the calls differ.`;
