// Calls every operation of the contract with its largest and most difficult inputs, one request at a time, as an admin of a
// workspace with long lists. It also relates the requests to the blocks of the event loop that were recorded meanwhile.
import { randomUUID } from "node:crypto";
import { operations, type NamedOperation } from "@projostack/contract";
import { alphabets, LARGEST_BODY_BYTES, largestInputs, type KnownValues } from "./largest-inputs.ts";
import type { Block } from "./loop-watch.ts";
import { openWire, type Wire } from "./wire.ts";

/** A request that received a response. */
export interface Sent {
  readonly operation: string;
  readonly description: string;
  readonly isLegal: boolean;
  readonly status: number;
  /** The body of a response with a status of 500 or more. */
  readonly failure?: string;
  /** Both times are in milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface Walk {
  readonly url: string;
  /** Sends only every nth input of an operation, to save time; 1 by default, for all inputs. */
  readonly every?: number;
  /** The names of the operations to call; every operation by default. */
  readonly only?: ReadonlySet<string>;
  /** Called with each new workspace. It may insert more data. `isFirst` is true for the first workspace of a walk. */
  readonly prepare?: (place: { workspaceId: string; userId: string; isFirst: boolean }) => Promise<void>;
}

export async function walkLargestInputs({ url, every = 1, only, prepare }: Walk): Promise<Sent[]> {
  const wire = openWire(url);
  const sent: Sent[] = [];
  const send = async (
    facts: Omit<Sent, "status" | "failure" | "startedAt" | "endedAt">,
    request: Request,
  ) => {
    const startedAt = Date.now();
    const { status, text } = await wire.ask(request);
    const failure = status >= 500 ? { failure: text.slice(0, 500) } : {};
    sent.push({ ...facts, status, ...failure, startedAt, endedAt: Date.now() });
    return status;
  };
  const newSample = (isFirst = false) =>
    createSample(wire, async (place) => prepare?.({ ...place, isFirst }));
  try {
    let sample = await newSample(true);
    for (const [nth, one] of operations.entries()) {
      const { name } = one;
      if (only && !only.has(name)) continue;
      if ((await wire.call("auth.me", {}, sample)).status !== 200) sample = await newSample();
      const inputs = largestInputs(one, knownValuesFor(name, sample)).filter(
        ({ description }, at) => (at + nth) % every === 0 || description.endsWith(ACCEPTED_ALPHABET),
      );
      for (const { description, json, isLegal } of inputs) {
        const text = fillPlaceholders(name, json, sample);
        const status = await send({ operation: name, description, isLegal }, requestOf(one, text, sample));
        if (status === 200 && name === "password.change") sample.password = newPasswordIn(text);
        if (status === 200 && ENDING.test(name)) sample = await newSample();
      }
      for (const { description, requests } of batches(one, sample)) {
        for (const request of requests) await send({ operation: name, description, isLegal: true }, request);
      }
    }
    if (only && !only.has(WITH_LONG_HEADERS)) return sent;
    sample = await newSample();
    for (const [description, headers] of longHeaders) {
      const request = {
        method: "GET",
        path: `/trpc/${WITH_LONG_HEADERS}`,
        headers: { ...headersOf(sample), ...headers },
      };
      await send({ operation: WITH_LONG_HEADERS, description, isLegal: true }, request);
    }
  } finally {
    wire.close();
  }
  return sent;
}

/** A block, and the requests that were in progress during it. */
export interface BlockOfRequests extends Block {
  readonly operations: readonly string[];
  readonly during: readonly string[];
}

/** How often an operation is called again before its block counts. */
const REPETITIONS = 2;

/**
 * Walks, and walks again through the operations during which a block was longer than `limitMs`. An input that blocks the event
 * loop does so each time. A processor that is shared with other machines is slower at some times, for every input.
 * Returns the requests of the first walk, and the blocks, longest first. The blocks of a later walk replace those over the limit.
 */
export async function walkAndConfirm(walk: Walk, { limitMs, blocks }: Confirm) {
  const sent = await walkLargestInputs(walk);
  let found = requestsDuringBlocks(blocks(), sent);
  for (let again = 0; again < REPETITIONS; again += 1) {
    const over = found.filter(({ cpuMs }) => cpuMs > limitMs);
    if (over.length === 0) break;
    const only = new Set(over.flatMap(({ operations: names }) => names));
    const repeated = requestsDuringBlocks(blocks(), await walkLargestInputs({ ...walk, only }));
    const within = found.filter(({ cpuMs }) => cpuMs <= limitMs);
    found = [...within, ...repeated].toSorted((a, b) => b.cpuMs - a.cpuMs);
  }
  return { sent, blocks: found };
}

interface Confirm {
  readonly limitMs: number;
  /** Returns the blocks that were recorded so far. */
  readonly blocks: () => Block[];
}

/** The blocks with the requests that were in progress during them, longest block first. */
function requestsDuringBlocks(blocks: readonly Block[], sent: readonly Sent[]): BlockOfRequests[] {
  return blocks
    .map((block) => {
      const from = block.endedAt - block.wallMs;
      const during = sent.filter(({ startedAt, endedAt }) => startedAt <= block.endedAt && endedAt >= from);
      return {
        ...block,
        operations: during.map(({ operation }) => operation),
        during: during.map(({ operation, description }) => `${operation}, ${description}`),
      };
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

interface Sample {
  readonly token: string;
  readonly email: string;
  password: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly workspaceId: string;
  /** A workspace into which an export is imported. */
  readonly importWorkspaceId: string;
  readonly projectId: string;
  readonly taskId: string;
  readonly keyId: string;
  readonly keyToken: string;
  readonly inviteId: string;
  /** The ids of rows of the other resources, by resource. */
  readonly otherIds: Readonly<Record<string, string>>;
}

/** Every operation accepts texts of these characters, also as a password, so each one runs once in a walk of every length. */
const ACCEPTED_ALPHABET = "separators";

/** The operations that end the caller's session or remove data that later operations need. */
const ENDING = /^auth\.signOut|\.(?:delete|leave|remove|revoke)$/;

/** The operations of an import, which is in a workspace of its own. */
const IMPORTING = /^workspaceData\.(?:startImport|importRows)$/;

const MANIFEST = "a".repeat(64);
/** As many lines of an audit log as a call can have, which fill a body. */
const HISTORY = Array.from({ length: 100 }, (_, at) =>
  JSON.stringify({ log: 1, line: at, text: "a".repeat(900) }),
);

const WORKSPACE_NAME = "Looms";
const FIRST_PASSWORD = "correct horse battery staple";

async function createSample(
  wire: Wire,
  prepare: (place: { workspaceId: string; userId: string }) => Promise<void>,
): Promise<Sample> {
  const email = `${randomUUID()}@example.com`;
  const {
    user,
    session,
    accessToken: token,
    refreshToken,
  } = await requireOk(wire.call("auth.signUp", { email, password: FIRST_PASSWORD }, null));
  const { id: workspaceId } = await requireOk(
    wire.call("workspaces.create", { name: WORKSPACE_NAME }, { token }),
  );
  const place = { token, workspaceId };
  const { id: projectId } = await requireOk(wire.call("projects.create", { name: "Notes" }, place));
  const { id: taskId } = await requireOk(wire.call("tasks.create", { projectId, title: "Note G" }, place));
  const key = { name: "Gate", role: "viewer", scopes: ["token:introspect"] };
  const { id: keyId, token: keyToken } = await requireOk(wire.call("serviceKeys.create", key, place));
  const { id: importWorkspaceId } = await requireOk(
    wire.call("workspaces.create", { name: "Imports" }, { token }),
  );
  const started = { sourceId: user.id, manifest: MANIFEST };
  await requireOk(wire.call("workspaceData.startImport", started, { token, workspaceId: importWorkspaceId }));
  const invited = { email: `${randomUUID()}@example.com`, role: "viewer" };
  const invite = await wire.call("invites.create", invited, place);
  const title = "\u{10ffff}".repeat(200);
  const items = Array.from({ length: 100 }, () => ({ projectId, title }));
  await requireOk(wire.call("tasks.createMany", { items }, place));
  await prepare({ workspaceId, userId: user.id });
  const ofCaller = {
    token,
    email,
    password: FIRST_PASSWORD,
    refreshToken,
    sessionId: session.id,
    userId: user.id,
  };
  const inviteId = invite.status === 200 ? invite.data.id : randomUUID();
  const sample = {
    ...ofCaller,
    workspaceId,
    importWorkspaceId,
    projectId,
    taskId,
    keyId,
    keyToken,
    inviteId,
    otherIds: {},
  };
  return { ...sample, otherIds: await createOthers(wire, sample) };
}

/** Creates a row of each resource that the sample lacks, with an input made from the contract. */
async function createOthers(wire: Wire, sample: Sample): Promise<Record<string, string>> {
  const ids: Record<string, string> = {};
  for (const one of operations) {
    const { name, operation } = one;
    const [resource = "", verb] = name.split(".");
    const isInWorkspace = operation.access !== "public" && operation.access !== "session";
    if (verb !== "create" || !isInWorkspace || resource in knownIds(sample)) continue;
    const [largest] = largestInputs(one, knownValuesFor(name, sample));
    const { id } = await requireOk(wire.call(name, JSON.parse(largest?.json ?? "{}") as object, sample));
    ids[resource] = id;
  }
  return ids;
}

async function requireOk(answer: ReturnType<Wire["call"]>) {
  const { status, data, text } = await answer;
  if (status !== 200)
    throw new Error(`The sample data could not be created: ${status} ${text.slice(0, 300)}`);
  return data;
}

/** The id of a row of each resource. */
const knownIds = ({ taskId, projectId, keyId, inviteId, sessionId, otherIds }: Sample) =>
  ({
    ...otherIds,
    tasks: taskId,
    projects: projectId,
    serviceKeys: keyId,
    invites: inviteId,
    sessions: sessionId,
  }) as Readonly<Record<string, string>>;

/** The fields that need existing values, such as ids and tokens. */
function knownValuesFor(name: string, sample: Sample): KnownValues {
  const { userId, keyId, projectId, workspaceId, taskId, refreshToken } = sample;
  const [resource = ""] = name.split(".");
  return {
    id: knownIds(sample)[resource] ?? taskId,
    projectId,
    taskId,
    workspaceId,
    userId,
    createdBy: userId,
    actorUserId: userId,
    actorKeyId: keyId,
    ...(name === "auth.refresh" ? { refreshToken } : {}),
    ...(name === "auth.signUp" || name === "auth.signIn" ? { email: "EMAIL" } : {}),
    ...(name === "password.change" ? { currentPassword: "PASSWORD" } : {}),
    // A cursor is verified before any row is read, so an input with a generated cursor would read nothing.
    ...(name.endsWith(".list") || name === "invites.listMine" ? { cursor: undefined } : {}),
    // A change is refused unless the row has this version, and earlier inputs have changed it.
    expectedVersion: undefined,
    ...(name === "workspaces.delete" ? { name: WORKSPACE_NAME, fingerprint: undefined } : {}),
    ...(name.startsWith("workspaceData.export") ? { after: undefined } : {}),
    ...(name === "workspaceData.startImport" ? { sourceId: userId, manifest: MANIFEST } : {}),
    ...(name === "workspaceData.importRows" ? { file: "history", from: 0, lines: HISTORY } : {}),
    ...(name === "audit.verify" ? { after: undefined, checkpoint: undefined } : {}),
    ...(name === "audit.export" ? { afterSeq: 0 } : {}),
  };
}

/** Replaces the placeholders of values that differ from call to call. */
const fillPlaceholders = (name: string, json: string, { email, password }: Sample): string =>
  json
    .replaceAll('"EMAIL"', () => JSON.stringify(name === "auth.signUp" ? longEmail() : email))
    .replaceAll('"PASSWORD"', () => JSON.stringify(password));

/** A new address of 254 characters, whose parts the password policy treats as words that are easy to guess. */
const longEmail = (): string => `${randomUUID()}@${"abc.".repeat(53)}org`.slice(0, 254);

function newPasswordIn(json: string): string {
  const input: unknown = JSON.parse(json);
  const known = typeof input === "object" && input !== null && "newPassword" in input;
  return known ? String(input.newPassword) : "";
}

function headersOf(
  { token, keyToken, workspaceId, importWorkspaceId }: Sample,
  name = "",
): Record<string, string> {
  const bearer = name === "tokens.introspect" ? keyToken : token;
  return {
    authorization: `Bearer ${bearer}`,
    "x-workspace-id": IMPORTING.test(name) ? importWorkspaceId : workspaceId,
  };
}

function requestOf({ name, operation: { kind } }: NamedOperation, json: string, sample: Sample): Request {
  const headers = headersOf(sample, name);
  const path = `/trpc/${name}`;
  const url = `${path}?input=${encodeURIComponent(json)}`;
  // An input that is too long for a URL is sent as a body. The method is wrong, but the server still reads the body.
  if (kind === "query" && url.length < LONGEST_URL) return { method: "GET", path: url, headers };
  return { method: "POST", path, headers: { ...headers, "content-type": "application/json" }, body: json };
}

/** Batches of ten calls, if they fit into one request. */
function* batches(
  one: NamedOperation,
  sample: Sample,
): Generator<{ description: string; requests: Request[] }> {
  const { name, operation } = one;
  const many = 10;
  const path = Array.from({ length: many }, () => name).join(",");
  const headers = headersOf(sample, name);
  for (const unit of BATCHED_ALPHABETS) {
    const legal = largestInputs(one, knownValuesFor(name, sample)).find(({ description }) =>
      description.endsWith(unit),
    );
    if (!legal || ENDING.test(name)) continue;
    const inputs = Array.from(
      { length: many },
      (_, at) => `"${at}":${fillPlaceholders(name, legal.json, sample)}`,
    );
    const json = `{${inputs.join(",")}}`;
    const description = `ten at once, ${legal.description}`;
    const query = `/trpc/${path}?batch=1`;
    if (operation.kind === "query") {
      const url = `${query}&input=${encodeURIComponent(json)}`;
      if (url.length < LONGEST_URL) yield { description, requests: [{ method: "GET", path: url, headers }] };
    } else if (Buffer.byteLength(json) <= LARGEST_BODY_BYTES) {
      const posted = { ...headers, "content-type": "application/json" };
      yield { description, requests: [{ method: "POST", path: query, headers: posted, body: json }] };
    }
  }
}

const BATCHED_ALPHABETS = Object.keys(alphabets).filter((name) =>
  /^(?:one letter|signs|a ligature|notes)/.test(name),
);
/** Node refuses more than 16 KB of headers, including the request line. */
const LONGEST_URL = 15_000;

const WITH_LONG_HEADERS = "tasks.list";

const longHeaders: readonly (readonly [description: string, headers: Readonly<Record<string, string>>])[] = [
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
