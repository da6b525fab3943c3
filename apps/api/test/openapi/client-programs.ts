// The texts of TypeScript programs that call every operation through a generated client. They print the outcome of each call:
// "ok", or the status and the error.
import type { Kind } from "@projostack/contract";

export interface ReadyCall {
  readonly name: string;
  readonly kind: Kind;
  /** The input, as JSON. */
  readonly input: string;
  /** The type of the input of a query; null if it has no fields. */
  readonly inputType: string | null;
  readonly token: string;
  /** Null for an operation outside workspaces. */
  readonly workspaceId: string | null;
}

const record = `
const outcomes: Record<string, string> = {};
function record(name: string, status: number, reason: string | undefined, output: unknown): void {
  outcomes[name] = reason === undefined && typeof output === "object" ? "ok" : \`\${status} \${reason}\`;
}
`;

/** A program for openapi-fetch. It also contains mistakes that must not compile. */
export function fetchProgram(url: string, calls: readonly ReadyCall[]): string {
  return `import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Schemas = components["schemas"];
const json = <T>(input: T): string => JSON.stringify(input);
const client = createClient<paths>({ baseUrl: ${JSON.stringify(url)} });
${record}
${calls.map(fetchCall).join("\n")}
console.log(JSON.stringify(outcomes));

export async function mistakes(): Promise<void> {
  // @ts-expect-error there is no such operation
  await client.GET("/trpc/tasks.got", {});
  // @ts-expect-error the body has no such field
  await client.POST("/trpc/tasks.create", { body: { projectId: "", titel: "" } });
  // @ts-expect-error a mutation needs a body
  await client.POST("/trpc/auth.signOutEverywhere", {});
  // @ts-expect-error the input has no such field
  json<Schemas["TasksListInput"]>({ limits: 5 });
  json<Schemas["TasksListInput"]>({ limit: 5 });
  const { data, error } = await client.GET("/trpc/tasks.get", {
    params: { query: { input: json<Schemas["TasksGetInput"]>({ id: "" }) } },
  });
  // @ts-expect-error the operation does not have this reason
  if (error?.error.data.reason === "project.not_found") return;
  if (error?.error.data.reason === "task.not_found") return;
  // @ts-expect-error a task has no such field
  data?.result.data.titel;
}
`;
}

function fetchCall({ name, kind, input, inputType, token, workspaceId }: ReadyCall): string {
  const header = workspaceId === null ? "" : `header: { "x-workspace-id": ${JSON.stringify(workspaceId)} },`;
  const query =
    inputType === null ? "" : `query: { input: json<Schemas[${JSON.stringify(inputType)}]>(${input}) },`;
  const body = kind === "query" ? "" : `body: ${input},`;
  return `{
  const { data, error, response } = await client.${kind === "query" ? "GET" : "POST"}("/trpc/${name}", {
    params: { ${header} ${kind === "query" ? query : ""} },
    ${body}
    headers: { authorization: ${JSON.stringify(`Bearer ${token}`)} },
  });
  record("${name}", response.status, error?.error.data.reason, data?.result.data);
}`;
}

/** A program for the client of @hey-api/openapi-ts. */
export function heyApiProgram(url: string, calls: readonly ReadyCall[]): string {
  return `import { client } from "./client/client.gen.js";
import * as api from "./client/index.js";

const json = <T>(input: T): string => JSON.stringify(input);
client.setConfig({ baseUrl: ${JSON.stringify(url)} });
${record}
${calls.map(heyApiCall).join("\n")}
console.log(JSON.stringify(outcomes));

export async function mistakes(): Promise<void> {
  // @ts-expect-error the body has no such field
  await api.tasksCreate({ body: { projectId: "", titel: "" } });
  // @ts-expect-error a mutation needs a body
  await api.authSignOutEverywhere({});
  const { data } = await api.tasksGet({ query: { input: json<api.TasksGetInput>({ id: "" }) } });
  // @ts-expect-error a task has no such field
  data?.result.data.titel;
}
`;
}

function heyApiCall({ name, kind, input, inputType, token, workspaceId }: ReadyCall): string {
  const verb = name.replaceAll(/\.(\w)/g, (_, letter: string) => letter.toUpperCase());
  const headers =
    workspaceId === null ? "" : `headers: { "x-workspace-id": ${JSON.stringify(workspaceId)} },`;
  const query =
    kind === "mutation" || inputType === null ? "" : `query: { input: json<api.${inputType}>(${input}) },`;
  const body = kind === "query" ? "" : `body: ${input},`;
  return `{
  const { data, error, response } = await api.${verb}({
    ${headers} ${query} ${body}
    auth: ${JSON.stringify(token)},
  });
  record("${name}", response.status, error?.error.data.reason, data?.result.data);
}`;
}
