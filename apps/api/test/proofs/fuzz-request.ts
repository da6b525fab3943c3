// Random requests, such as a client or an attacker could send.
import { operations, type NamedOperation } from "@projostack/contract";
import { z } from "zod";
import type { Chance } from "../simulation/seeded-random.ts";
import { fuzzedJson, pick } from "./fuzz-input.ts";
import { inputOf, type Scene } from "../resources/index.ts";

export interface FuzzActors {
  readonly scene: Scene;
  /** Tokens, by actor. */
  readonly tokens: Readonly<Record<string, string | undefined>>;
}

export interface FuzzRequest {
  /** The operations that the request calls. */
  readonly names: readonly string[];
  readonly actor: string;
  readonly path: string;
  readonly init: RequestInit;
  /** Whether the client closes the connection in the middle of the body. */
  readonly breaksOff: boolean;
}

const drafts = new Map(
  operations.map(({ name, operation }) => [name, z.toJSONSchema(operation.input, { io: "input" })]),
);

export function fuzzRequest(chance: Chance, { scene, tokens }: FuzzActors, one: NamedOperation): FuzzRequest {
  const { kind } = one.operation;
  // The actors with the most rights are drawn most often, as their calls reach the most code.
  const actor = pick(chance, [...Object.keys(tokens), "admin", "admin", "key"]);
  const ids = [
    ...new Set(Object.values<string>({ ...scene }).filter((value) => /^[0-9a-f-]{36}$/.test(value))),
  ];
  const jsonOf = (name: string) =>
    fuzzedJson(chance, { schema: { ...drafts.get(name) }, right: inputOf(name, scene), ids });
  const isBatch = chance.happens(0.08);
  const sameKind = operations.filter(({ operation }) => operation.kind === kind);
  const names = isBatch
    ? Array.from({ length: pick(chance, [0, 1, 2, 10, 11]) }, () => pick(chance, sameKind).name)
    : [one.name];
  const json = isBatch
    ? `{${names.map((name, at) => `${JSON.stringify(pick(chance, [String(at), String(at), "01"]))}:${jsonOf(name)}`).join(",")}}`
    : jsonOf(one.name);
  const isGet = (kind === "query") !== chance.happens(0.02);
  const search = new URLSearchParams({
    ...(isBatch ? { batch: "1" } : {}),
    ...(isGet ? { input: json } : {}),
  });
  return {
    names,
    actor,
    path: `/trpc/${names.join(",")}?${search.toString()}`,
    breaksOff: !isGet && chance.happens(0.01),
    init: {
      method: isGet ? "GET" : "POST",
      headers: headersOf(chance, { token: tokens[actor], workspaceId: scene.workspaceId, isGet }),
      ...(isGet ? {} : { body: bodyOf(chance, json) }),
    },
  };
}

function bodyOf(chance: Chance, json: string): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(Buffer.from(json.toWellFormed()));
  if (chance.happens(0.02)) return bytes.subarray(0, Math.floor(chance.between(0, bytes.length)));
  if (chance.happens(0.02))
    bytes[Math.floor(chance.between(0, bytes.length))] = pick(chance, [0xff, 0xc0, 0x80, 0]);
  if (chance.happens(0.005)) return Uint8Array.from(Buffer.from(`${" ".repeat(102_400)}${json}`));
  return bytes;
}

interface Sender {
  readonly token: string | undefined;
  readonly workspaceId: string;
  readonly isGet: boolean;
}

function headersOf(chance: Chance, { token, workspaceId, isGet }: Sender): Record<string, string> {
  const headers: Record<string, string> = {
    ...(isGet ? {} : { "content-type": "application/json" }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    "x-workspace-id": workspaceId,
  };
  if (chance.happens(0.08)) {
    const [name, value] = pick(chance, oddHeaders);
    headers[name] = value;
  }
  return headers;
}

const oddHeaders: readonly (readonly [name: string, value: string])[] = [
  ...[
    "text/plain",
    "application/json; charset=utf-16",
    "application/json;",
    "",
    "multipart/form-data",
    "*/*",
  ].map((type) => ["content-type", type] as const),
  ...[
    "",
    "x",
    "Bearer",
    "Bearer ",
    `Bearer ${"x".repeat(600)}`,
    "Basic eDp5",
    "Bearer pja_",
    "Bearer pjk_ÿ",
  ].map((value) => ["authorization", value] as const),
  ...["", "*", "null", "0190A6F0-0000-7000-8000-00000000ABCD", "{}", "ÿ", "a, b"].map(
    (value) => ["x-workspace-id", value] as const,
  ),
  ...["gzip", "br", "identity", "nonsense"].map((value) => ["content-encoding", value] as const),
  ...["", "x".repeat(500), "ÿ", "a b"].map((value) => ["x-request-id", value] as const),
  ...["text/event-stream", "application/jsonl"].map((value) => ["accept", value] as const),
  ["trpc-accept", "application/jsonl"],
  ["x-forwarded-for", "1.2.3.4, \\ '"],
  ["user-agent", `${"ÿ".repeat(300)}`],
  ["idempotency-key", "'\\"],
  ["traceparent", "00-zz-zz-zz"],
];
