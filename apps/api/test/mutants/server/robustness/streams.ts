// Mutants of the checks on streamed batches, on inputs that a data transformer has encoded, and on the pages about the API.
import { send, type TestServer } from "../../../kit/index.ts";
import { team, type Team } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const post = ({ url }: TestServer, { admin, id }: Team, path: string, body: unknown) =>
  send(`${url}/trpc/${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${admin.token}`,
      "x-workspace-id": id,
      "trpc-accept": "application/jsonl",
    },
    body: JSON.stringify(body),
  });

const unnamedMixture: Attack = {
  title: "a streamed batch of queries and mutations gets an error that names another cause",
  tryOn: async (server) => {
    const own = await team(server);
    const { error } = await post(server, own, "projects.create,auth.me?batch=1", { 0: { name: "Looms" } });
    return error?.reason !== "batch.mixed";
  },
};

const hiddenBody: Attack = {
  title: "a streamed batch of HEAD sends the answers of its calls",
  tryOn: async (server) => {
    const { admin, id } = await team(server);
    const headers = {
      authorization: `Bearer ${admin.token}`,
      "x-workspace-id": id,
      "trpc-accept": "application/jsonl",
    };
    const { headers: answered } = await send(`${server.url}/trpc/auth.me?batch=1`, {
      method: "HEAD",
      headers,
    });
    return answered.get("content-type")?.startsWith("application/jsonl") ?? false;
  },
};

const cachedStream: Attack = {
  title: "a proxy may store a streamed batch",
  tryOn: async (server) => {
    const own = await team(server);
    const { headers } = await post(server, own, "projects.create?batch=1", { 0: { name: "Looms" } });
    return headers.get("cache-control") !== "no-store";
  },
};

/** The refusal of an input that superjson encoded must name the transformer, in a form that superjson can read. */
const unnamedTransformer = (title: string, isBatch: boolean): Attack => ({
  title,
  tryOn: async (server) => {
    const own = await team(server);
    const input = { json: { name: "Looms" } };
    const [path, body] = isBatch ? ["projects.create?batch=1", { 0: input }] : ["projects.create", input];
    return !(await post(server, own, path, body)).text.includes("Remove transformer");
  },
});

const transformedCall = unnamedTransformer(
  "a call encoded by superjson gets an error that names another cause",
  false,
);
const transformedStream = unnamedTransformer(
  "a streamed batch encoded by superjson gets an error that names another cause",
  true,
);

const unreadableRefusal: Attack = {
  title: "a client that decodes with superjson cannot read why its call was refused",
  tryOn: async (server) => {
    const { text } = await post(server, await team(server), "projects.create", { json: { name: "Looms" } });
    const { error } = JSON.parse(text) as { error: { json?: { message?: string } } };
    return error.json?.message === undefined;
  },
};

const namedHost: Attack = {
  title: "the OpenAPI document sends clients to another host than the one that sent it",
  tryOn: async ({ url }) => {
    const { text } = await send(`${url}/openapi.json`);
    const { servers } = JSON.parse(text) as { servers: readonly { url: string }[] };
    return servers.some((server) => new URL(server.url, url).origin !== url);
  },
};

const foreignScript: Attack = {
  title: "the page /docs may run a script of another origin",
  tryOn: async ({ url }) => {
    const { headers } = await send(`${url}/docs`);
    return !(headers.get("content-security-policy") ?? "").includes("script-src 'self';");
  },
};

const routesFile = "apps/api/src/http/rpc-routes.ts";

export const streams: readonly Mutant[] = [
  {
    removed: [
      guard("a batch of queries and mutations is refused", "apps/api/src/http/batches.ts", [
        'if (sent.has("query") && sent.has("mutation")) throw new Failure("batch.mixed");',
        "",
      ]),
    ],
    succeeds: [unnamedMixture],
  },
  {
    removed: [
      guard("HEAD has no stream", routesFile, ['method !== "HEAD" && asksForStream', "asksForStream"]),
    ],
    succeeds: [hiddenBody],
  },
  {
    removed: [
      guard("a stream has the headers of all answers", "apps/api/src/http/streams/send-lines.ts", [
        "{ ...reply.getHeaders(), ...streamHeaders, ...vary }",
        "{ ...streamHeaders, ...vary }",
      ]),
    ],
    succeeds: [cachedStream],
  },
  {
    removed: [
      guard("encoded inputs are detected before tRPC's adapter", routesFile, [
        "const transformed = findTransformedInput(call);",
        "const transformed = null as ReturnType<typeof findTransformedInput>;",
      ]),
    ],
    succeeds: [transformedCall, transformedStream],
  },
  {
    removed: [
      guard("the fast path leaves encoded inputs to the check", "apps/api/src/fast-path/answer-calls.ts", [
        "if (inputs?.some(isTransformed)) return null;",
        "",
      ]),
    ],
    succeeds: [transformedCall],
    stillBlocked: [transformedStream],
  },
  {
    removed: [
      guard("the refusal of an encoded input has the form of superjson", routesFile, [
        "if (transformed?.isSuperjson) return",
        "if (transformed?.isSuperjson && false) return",
      ]),
    ],
    succeeds: [unreadableRefusal],
    stillBlocked: [transformedCall],
  },
  {
    removed: [
      guard(
        "the address of the server in the OpenAPI document is relative",
        "apps/api/src/openapi/document.ts",
        ['servers: [{ url: "/",', 'servers: [{ url: "http://api.internal/",'],
      ),
    ],
    succeeds: [namedHost],
  },
  {
    removed: [
      guard("the page /docs has a content security policy", "apps/api/src/http/openapi/docs-routes.ts", [
        "reply.headers(pageHeaders)",
        "reply",
      ]),
    ],
    succeeds: [foreignScript],
  },
];
