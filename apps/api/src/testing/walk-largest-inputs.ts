// Calls every operation of the contract with its largest and most awkward inputs, one request at a time, as an admin of a
// workspace with long lists; and joins what was sent with the blocks of the event loop that were seen meanwhile.
import { randomUUID } from "node:crypto";
import { operations, type NamedOperation } from "@projostack/contract";
import { alphabets, LARGEST_BODY_BYTES, largestInputs, type KnownValues } from "./largest-inputs.ts";
import type { Block } from "./loop-watch.ts";
import { openWire, type Wire } from "./wire.ts";

/** A request that was answered. */
export interface Sent {
  readonly operation: string;
  readonly says: string;
  readonly isLegal: boolean;
  readonly status: number;
  /** In ms since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface Walk {
  readonly url: string;
  /** Takes every so many inputs of an operation, to be quick; 1 for all. */
  readonly every?: number;
  /** Is called with each new workspace, and may plant more in it. */
  readonly prepare?: (place: { workspaceId: string; userId: string }) => Promise<void>;
}

export async function walkLargestInputs({ url, every = 1, prepare }: Walk): Promise<Sent[]> {
  const wire = openWire(url);
  const sent: Sent[] = [];
  const send = async (about: Omit<Sent, "status" | "startedAt" | "endedAt">, request: Request) => {
    const startedAt = Date.now();
    const { status } = await wire.ask(request);
    sent.push({ ...about, status, startedAt, endedAt: Date.now() });
    return status;
  };
  try {
    let scene = await newScene(wire, prepare);
    for (const [nth, one] of operations.entries()) {
      const { name } = one;
      if ((await wire.call("auth.me", {}, scene)).status !== 200) scene = await newScene(wire, prepare);
      const inputs = largestInputs(one, knownFor(name, scene)).filter((_, at) => (at + nth) % every === 0);
      for (const { says, json, isLegal } of inputs) {
        const text = freshened(name, json, scene);
        const status = await send({ operation: name, says, isLegal }, requestOf(one, text, scene));
        if (status === 200 && name === "password.change") scene.password = newPasswordIn(text);
        if (status === 200 && ENDING.test(name)) scene = await newScene(wire, prepare);
      }
      for (const { says, requests } of batches(one, scene)) {
        for (const request of requests) await send({ operation: name, says, isLegal: true }, request);
      }
    }
    scene = await newScene(wire, prepare);
    for (const [says, headers] of longHeaders) {
      const request = {
        method: "GET",
        path: "/trpc/tasks.list",
        headers: { ...headersOf(scene), ...headers },
      };
      await send({ operation: "tasks.list", says, isLegal: true }, request);
    }
  } finally {
    wire.close();
  }
  return sent;
}

/** The requests that were sent while the event loop was blocked, the longest block first. */
export function blockedBy(blocks: readonly Block[], sent: readonly Sent[]) {
  return blocks
    .map((block) => {
      const from = block.endedAt - block.wallMs;
      const during = sent.filter(({ startedAt, endedAt }) => startedAt <= block.endedAt && endedAt >= from);
      return { ...block, during: during.map(({ operation, says }) => `${operation}, ${says}`) };
    })
    .filter(({ during }) => during.length > 0)
    .toSorted((a, b) => b.cpuMs - a.cpuMs);
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Scene {
  readonly token: string;
  readonly email: string;
  password: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly workspaceId: string;
  readonly projectId: string;
  readonly taskId: string;
  readonly keyId: string;
  readonly keyToken: string;
  readonly inviteId: string;
  /** The ids of rows of the other resources, by resource. */
  readonly otherIds: Readonly<Record<string, string>>;
}

/** What ends the caller's session, or something that later operations are about. */
const ENDING = /^auth\.signOut|\.(?:delete|leave|remove|revoke)$/;

const WORKSPACE_NAME = "Looms";
const FIRST_PASSWORD = "correct horse battery staple";

async function newScene(wire: Wire, prepare: Walk["prepare"]): Promise<Scene> {
  const email = `${randomUUID()}@example.com`;
  const {
    user,
    session,
    accessToken: token,
    refreshToken,
  } = await made(wire.call("auth.signUp", { email, password: FIRST_PASSWORD }, null));
  const { id: workspaceId } = await made(wire.call("workspaces.create", { name: WORKSPACE_NAME }, { token }));
  const place = { token, workspaceId };
  const { id: projectId } = await made(wire.call("projects.create", { name: "Notes" }, place));
  const { id: taskId } = await made(wire.call("tasks.create", { projectId, title: "Note G" }, place));
  const key = { name: "Gate", role: "viewer", scopes: ["token:introspect"] };
  const { id: keyId, token: keyToken } = await made(wire.call("serviceKeys.create", key, place));
  const invited = { email: `${randomUUID()}@example.com`, role: "viewer" };
  const invite = await wire.call("invites.create", invited, place);
  const title = "\u{10ffff}".repeat(200);
  const items = Array.from({ length: 100 }, () => ({ projectId, title }));
  await made(wire.call("tasks.createMany", { items }, place));
  await prepare?.({ workspaceId, userId: user.id });
  const ofCaller = {
    token,
    email,
    password: FIRST_PASSWORD,
    refreshToken,
    sessionId: session.id,
    userId: user.id,
  };
  const inviteId = invite.status === 200 ? invite.data.id : randomUUID();
  const scene = { ...ofCaller, workspaceId, projectId, taskId, keyId, keyToken, inviteId, otherIds: {} };
  return { ...scene, otherIds: await createOthers(wire, scene) };
}

/** Creates a row of each resource that the scene has none of, with an input that is made from the contract. */
async function createOthers(wire: Wire, scene: Scene): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const one of operations) {
    const { name, operation } = one;
    const [resource = "", verb] = name.split(".");
    const isInWorkspace = operation.access !== "public" && operation.access !== "session";
    if (verb !== "create" || !isInWorkspace || resource in knownIds(scene)) continue;
    const [largest] = largestInputs(one, knownFor(name, scene));
    const { id } = await made(wire.call(name, JSON.parse(largest?.json ?? "{}") as object, scene));
    ids[resource] = id;
  }
  return ids;
}

async function made(answer: ReturnType<Wire["call"]>) {
  const { status, data, text } = await answer;
  if (status !== 200) throw new Error(`The scene could not be set: ${status} ${text.slice(0, 300)}`);
  return data;
}

/** The id of a row of each resource. */
const knownIds = ({ taskId, projectId, keyId, inviteId, sessionId, otherIds }: Scene) =>
  ({
    ...otherIds,
    tasks: taskId,
    projects: projectId,
    serviceKeys: keyId,
    invites: inviteId,
    sessions: sessionId,
  }) as Readonly<Record<string, string>>;

/** The fields that only something genuine gets past. */
function knownFor(name: string, scene: Scene): KnownValues {
  const { userId, projectId, workspaceId, taskId, refreshToken } = scene;
  const [resource = ""] = name.split(".");
  return {
    id: knownIds(scene)[resource] ?? taskId,
    projectId,
    taskId,
    workspaceId,
    userId,
    createdBy: userId,
    actorUserId: userId,
    ...(name === "auth.refresh" ? { refreshToken } : {}),
    ...(name === "auth.signUp" || name === "auth.signIn" ? { email: "EMAIL" } : {}),
    ...(name === "password.change" ? { currentPassword: "PASSWORD" } : {}),
    // Where a page begins is checked before anything is read: with one, the list would never be.
    ...(name.endsWith(".list") || name === "invites.listMine" ? { cursor: undefined } : {}),
    ...(name === "workspaces.delete" ? { name: WORKSPACE_NAME } : {}),
    ...(name === "audit.verify" ? { after: undefined, checkpoint: undefined } : {}),
    ...(name === "audit.export" ? { afterSeq: 0 } : {}),
  };
}

/** Puts in what differs from call to call. */
const freshened = (name: string, json: string, { email, password }: Scene): string =>
  json
    .replaceAll('"EMAIL"', () => JSON.stringify(name === "auth.signUp" ? longEmail() : email))
    .replaceAll('"PASSWORD"', () => JSON.stringify(password));

/** A new address of 254 characters, whose parts the policy takes for words that are easy to guess. */
const longEmail = (): string => `${randomUUID()}@${"abc.".repeat(53)}org`.slice(0, 254);

function newPasswordIn(json: string): string {
  const input: unknown = JSON.parse(json);
  const known = typeof input === "object" && input !== null && "newPassword" in input;
  return known ? String(input.newPassword) : "";
}

function headersOf({ token, keyToken, workspaceId }: Scene, name = ""): Record<string, string> {
  const bearer = name === "tokens.introspect" ? keyToken : token;
  return { authorization: `Bearer ${bearer}`, "x-workspace-id": workspaceId };
}

function requestOf({ name, operation: { kind } }: NamedOperation, json: string, scene: Scene): Request {
  const headers = headersOf(scene, name);
  const path = `/trpc/${name}`;
  const url = `${path}?input=${encodeURIComponent(json)}`;
  // One that is too long for an address is sent as a body: by the wrong method, but it is read.
  if (kind === "query" && url.length < LONGEST_URL) return { method: "GET", path: url, headers };
  return { method: "POST", path, headers: { ...headers, "content-type": "application/json" }, body: json };
}

/** Ten calls in one request, as far as they fit into one. */
function* batches(one: NamedOperation, scene: Scene): Generator<{ says: string; requests: Request[] }> {
  const { name, operation } = one;
  const many = 10;
  const path = Array.from({ length: many }, () => name).join(",");
  const headers = headersOf(scene, name);
  for (const unit of BATCHED) {
    const legal = largestInputs(one, knownFor(name, scene)).find(({ says }) => says.endsWith(unit));
    if (!legal || ENDING.test(name)) continue;
    const inputs = Array.from({ length: many }, (_, at) => `"${at}":${freshened(name, legal.json, scene)}`);
    const json = `{${inputs.join(",")}}`;
    const says = `ten at once, ${legal.says}`;
    const query = `/trpc/${path}?batch=1`;
    if (operation.kind === "query") {
      const url = `${query}&input=${encodeURIComponent(json)}`;
      if (url.length < LONGEST_URL) yield { says, requests: [{ method: "GET", path: url, headers }] };
    } else if (Buffer.byteLength(json) <= LARGEST_BODY_BYTES) {
      const posted = { ...headers, "content-type": "application/json" };
      yield { says, requests: [{ method: "POST", path: query, headers: posted, body: json }] };
    }
  }
}

const BATCHED = Object.keys(alphabets).filter((name) => /^(?:one letter|signs|a ligature|notes)/.test(name));
/** Node refuses more than 16 KB of headers, the request's line among them. */
const LONGEST_URL = 15_000;

const longHeaders: readonly (readonly [says: string, headers: Readonly<Record<string, string>>])[] = [
  ["a token of 15 KB", { authorization: `Bearer ${"x".repeat(15_000)}` }],
  ["15 KB of spaces before a token", { authorization: `Bearer ${" ".repeat(15_000)}x` }],
  ["15 KB of the word bearer", { authorization: "bearer ".repeat(2_100) }],
  ["a user agent of 15 KB", { "user-agent": "\u00e9".repeat(15_000) }],
  ["a request id of 15 KB", { "x-request-id": "x".repeat(15_000) }],
  ["a workspace id of 15 KB", { "x-workspace-id": "A".repeat(15_000) }],
  ["a list of 15 KB of proxies", { "x-forwarded-for": "192.0.2.1, ".repeat(1_400) }],
  ["1,000 headers", Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`x-${n}`, "y"]))],
  ["a content type of 15 KB", { "content-type": `application/json; ${"a=b;".repeat(3_700)}` }],
  ["an accept header of 15 KB", { accept: "text/html;q=0.1,".repeat(940) }],
];
