// A new account that is the admin of a new workspace with one project.
import { z } from "zod";
import type { HttpRequest, Load } from "../../load/load-client.ts";
import { expectOutput } from "../../testbed/product-calls.ts";

export interface NewAccount {
  readonly userId: string;
  readonly workspaceId: string;
  readonly projectId: string;
  /** Builds a request for one call, or for a batch if there are several inputs. It accepts any response. */
  request(kind: "GET" | "POST", operation: string, ...inputs: readonly object[]): HttpRequest;
}

const SignedUp = z.object({ accessToken: z.string(), user: z.object({ id: z.string() }) });
const Made = z.object({ id: z.string() });

export async function createAccount(load: Load, name: string): Promise<NewAccount> {
  const send = async <T>(request: HttpRequest, output: z.ZodType<T>): Promise<T> => {
    const kept: T[] = [];
    const expect = expectOutput(output, (data) => kept.push(data));
    await load.burst(() => ({ ...request, expect }), { count: 1, concurrency: 1 });
    const [data] = kept;
    if (data === undefined) throw new Error(`${request.path} was refused.`);
    return data;
  };
  const account = { email: `${name}@example.com`, password: `correct horse ${name} battery` };
  const { accessToken, user } = await send(requestOf({}, "POST", "auth.signUp", [account]), SignedUp);
  const authorization = `Bearer ${accessToken}`;
  const workspace = await send(requestOf({ authorization }, "POST", "workspaces.create", [{ name }]), Made);
  const headers = { authorization, "x-workspace-id": workspace.id };
  const project = await send(requestOf(headers, "POST", "projects.create", [{ name }]), Made);
  return {
    userId: user.id,
    workspaceId: workspace.id,
    projectId: project.id,
    request: (kind, operation, ...inputs) => requestOf(headers, kind, operation, inputs),
  };
}

const acceptAny = (): boolean => true;

function requestOf(
  headers: Readonly<Record<string, string>>,
  kind: "GET" | "POST",
  operation: string,
  inputs: readonly object[],
): HttpRequest {
  const isBatch = inputs.length > 1;
  const names = inputs.length === 0 ? [operation] : inputs.map(() => operation);
  const json = isBatch
    ? JSON.stringify(Object.fromEntries(inputs.entries()))
    : JSON.stringify(inputs[0] ?? {});
  const query = [
    ...(isBatch ? ["batch=1"] : []),
    ...(kind === "GET" ? [`input=${encodeURIComponent(json)}`] : []),
  ].join("&");
  const path = `/trpc/${names.join(",")}${query === "" ? "" : `?${query}`}`;
  if (kind === "GET") return { method: "GET", path, headers, expect: acceptAny };
  return {
    method: "POST",
    path,
    headers: { ...headers, "content-type": "application/json" },
    body: json,
    expect: acceptAny,
  };
}
