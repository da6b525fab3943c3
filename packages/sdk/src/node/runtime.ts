// Types for the parts of Node.js that the SDK uses. Its build has neither the DOM library nor @types/node. Modules are taken
// from process.getBuiltinModule and not by an import, so that the package also works in browsers and in every bundler. The
// casts are in `nodeProcess` and `nodeModules`, which check that the runtime is Node.js.

import type { ParsedUrl, Platform } from "../platform.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

interface NodeProcess {
  readonly env: Environment;
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly getBuiltinModule: (name: string) => unknown;
}

export interface Socket {
  destroy(error?: Error): void;
}

export interface IncomingMessage {
  readonly statusCode?: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  setEncoding(encoding: "utf8"): void;
  on(event: "data", listener: (text: string) => void): void;
  on(event: "end" | "aborted" | "close", listener: () => void): void;
  on(event: "error", listener: (error: Error) => void): void;
}

export interface ClientRequest {
  on(event: "response", listener: (response: IncomingMessage) => void): void;
  on(event: "connect", listener: (response: IncomingMessage, socket: Socket) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  end(body?: string): void;
}

export interface ConnectOptions {
  readonly host: string;
  readonly port: number | string;
  readonly servername?: string;
  readonly socket?: Socket;
  /** The signal of the request for which the connection is opened. Node.js passes unknown options on. */
  readonly callSignal?: unknown;
}

type CreateConnection = (
  options: ConnectOptions,
  done: (error: Error | null, socket?: Socket) => void,
) => Socket | undefined;

export interface Agent {
  createConnection: CreateConnection;
}

export interface RequestOptions {
  readonly protocol?: string;
  readonly host: string;
  readonly port: number | string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent?: Agent | false;
  readonly ca?: readonly string[] | undefined;
  readonly signal?: unknown;
  readonly callSignal?: unknown;
}

interface HttpModule {
  readonly request: (options: RequestOptions) => ClientRequest;
  readonly Agent: new (options: { keepAlive: boolean; ca?: readonly string[] | undefined }) => Agent;
}

export interface NodeModules {
  readonly http: HttpModule;
  readonly https: HttpModule;
  readonly tls: { readonly rootCertificates: readonly string[] };
  readonly Buffer: { from(text: string): { toString(encoding: "base64"): string } };
}

/** The global URL. This file takes it from the global object itself, because a page does not load this file. */
export const parseUrl = (text: string): ParsedUrl => new (globalThis as unknown as Platform).URL(text);

/** Returns the process of Node.js 20.16 or newer; undefined in any other runtime. */
export function nodeProcess(): NodeProcess | undefined {
  const runtime = globalThis as { process?: Partial<NodeProcess> };
  const { env, versions, getBuiltinModule } = runtime.process ?? {};
  if (!env || !versions?.["node"] || versions["bun"] || versions["deno"] || !getBuiltinModule)
    return undefined;
  return { env, versions, getBuiltinModule };
}

/** Returns the environment variables of Node.js, Deno or Bun. */
export function environment(): Environment {
  const runtime = globalThis as { process?: Partial<NodeProcess> };
  return runtime.process?.env ?? {};
}

/** @throws TypeError in a runtime other than Node.js */
export function nodeModules(): NodeModules {
  const found = nodeProcess();
  if (!found) throw new TypeError("This function needs Node.js 20.16 or newer.");
  // Each module is loaded when it is used: TLS takes longer than the rest of a request to a server without it.
  const builtin = found.getBuiltinModule;
  const modules = {
    get http() {
      return builtin("node:http");
    },
    get https() {
      return builtin("node:https");
    },
    get tls() {
      return builtin("node:tls");
    },
    get Buffer() {
      return (builtin("node:buffer") as { Buffer: unknown }).Buffer;
    },
  };
  return modules as NodeModules;
}
