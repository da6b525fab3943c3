// A minimal replacement for tRPC's HTTP adapter, for single calls in JSON. It reads the path and the input from Node's request
// and calls the procedure with tRPC's `callTRPCProcedure`, without creating a Request, Response, stream or signal. It supports
// neither batches nor subscriptions.
import { callTRPCProcedure, getTRPCErrorFromUnknown, getTRPCErrorShape } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { oneOf } from "../serve-trpc.ts";
import type { Context, UsualRouter } from "./router.ts";

const PREFIX = "/trpc/";
const LARGEST_BODY_BYTES = 1_000_000;

/** This signal is never aborted: each started call finishes. */
const { signal } = new AbortController();

export function serveLean(router: UsualRouter): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(router, request).then(({ status, value }) => reply(response, status, value));
  });
  return new Promise((listening) => {
    server.listen(0, "127.0.0.1", () => listening(server));
  });
}

interface Answer {
  readonly status: number;
  readonly value: object;
}

async function answer(router: UsualRouter, request: IncomingMessage): Promise<Answer> {
  const { headers, method, url = "/" } = request;
  const at = url.indexOf("?");
  const path = url.slice(PREFIX.length, at < 0 ? undefined : at);
  const type = method === "POST" ? "mutation" : "query";
  const {
    _def: { _config: config },
  } = router;
  const ctx: Context = {
    authorization: headers.authorization,
    workspaceId: oneOf(headers["x-workspace-id"]),
  };
  try {
    const input = await inputOf(request, at < 0 ? "" : url.slice(at + 1));
    const getRawInput = () => Promise.resolve(input);
    const data: unknown = await callTRPCProcedure({
      router,
      path,
      type,
      ctx,
      getRawInput,
      signal,
      batchIndex: 0,
    });
    return { status: 200, value: { result: { data } } };
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    const shape: unknown = getTRPCErrorShape({
      config,
      error,
      type,
      path,
      input: undefined,
      ctx,
    });
    return { status: getHTTPStatusCodeFromError(error), value: { error: shape } };
  }
}

async function inputOf(request: IncomingMessage, query: string): Promise<unknown> {
  if (request.method !== "POST") {
    const input = new URLSearchParams(query).get("input");
    return input === null ? undefined : JSON.parse(input);
  }
  if (Number(request.headers["content-length"] ?? 0) > LARGEST_BODY_BYTES) throw new RangeError("too large");
  return JSON.parse(await text(request));
}

function reply(response: ServerResponse, status: number, value: object): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
