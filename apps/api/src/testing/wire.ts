// A plain HTTP client over one connection, so that requests can have any size and form.
//
// The casts: the caller knows which operation it called, so the response is read as the output of that operation.
import { Agent, request as httpRequest } from "node:http";
import { text } from "node:stream/consumers";

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly text: string;
}

export interface Caller {
  readonly token: string;
  readonly workspaceId?: string;
}

/** The fields of the responses to calls that create sample data. */
export interface CreatedData {
  readonly id: string;
  readonly token: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly user: { readonly id: string };
  readonly session: { readonly id: string };
}

export interface Wire {
  ask(request: WireRequest): Promise<WireAnswer>;
  /** Calls an operation by POST, or `auth.me` by GET. */
  call(name: string, input: object, caller: Caller | null): Promise<WireAnswer & { data: CreatedData }>;
  close(): void;
}

export function openWire(url: string): Wire {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = ({ method, path, headers, body }: WireRequest): Promise<WireAnswer> =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
      const options = { agent, host: hostname, port, method, path, headers: { ...headers, ...length } };
      const sending = httpRequest(options, (response) => {
        text(response).then((read) => resolve({ status: response.statusCode ?? 0, text: read }), reject);
      });
      sending.on("error", reject);
      sending.end(body);
    });
  return {
    ask,
    call: async (name, input, caller) => {
      const headers = {
        "content-type": "application/json",
        ...(caller && { authorization: `Bearer ${caller.token}` }),
        ...(caller?.workspaceId && { "x-workspace-id": caller.workspaceId }),
      };
      const isQuery = name === "auth.me";
      const { "content-type": _, ...withoutType } = headers;
      const answer = await ask(
        isQuery
          ? { method: "GET", path: `/trpc/${name}`, headers: withoutType }
          : { method: "POST", path: `/trpc/${name}`, headers, body: JSON.stringify(input) },
      );
      const body = JSON.parse(answer.text) as { result?: { data: CreatedData } };
      return { ...answer, data: body.result?.data ?? ({} as CreatedData) };
    },
    close: () => agent.destroy(),
  };
}
