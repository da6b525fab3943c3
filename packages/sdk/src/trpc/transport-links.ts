// Links of @trpc/client for one server. Each workspace has a link of its own, because a batch is one request and names one
// workspace.
import type { Operation, OperationLink } from "@trpc/client";
import { needRecovery } from "../call/load-recovery.ts";
import { onAbort } from "../call/on-abort.ts";
import { sdkHeaders } from "../call/request.ts";
import type { AppRouter } from "../generated/app-router.ts";
import type { Connection } from "../options.ts";
import type { Signal } from "../platform.ts";
import { sessionOf } from "../session/session.ts";
import type { Tokens } from "../session/token-store.ts";
import type { Envelope } from "./trpc-call.ts";
import { createTransportFetch } from "./transport-fetch.ts";
import type { TransportOptions } from "./transport-options.ts";

const MAX_BATCH_CALLS = 10;
/** The server accepts 16 KB for the URL and the headers together. */
const MAX_URL_LENGTH = 12_000;
/** A server that acts for many workspaces must not keep a link for each of them. */
const MAX_KEPT_LINKS = 500;

/** What the link does with one call. */
export interface Sending {
  readonly input: unknown;
  /** Whether the call is sent without a token: an expired one would prevent signing in again. */
  readonly isAnonymous: boolean;
  readonly idempotencyKey: string | undefined;
  /** The tokens of the request. Set when the request is sent. */
  sent: Tokens | undefined;
}

interface SendOptions {
  readonly sending: Sending;
  readonly workspaceId: string | undefined;
  /** The tokens to use in place of the stored ones. */
  readonly tokens: Tokens | undefined;
  readonly signal: Signal;
}

export interface TransportLinks {
  send(op: Operation, options: SendOptions): Promise<Envelope>;
}

export function createTransportLinks(
  connection: Connection,
  createLink: (options: TransportOptions) => OperationLink<AppRouter>,
): TransportLinks {
  const session = sessionOf(connection.tokens);
  const fetch = createTransportFetch(connection);
  /** The calls of a request are found by their contexts: links copy an operation, but not its context. */
  const sendings = new WeakMap<object, Sending>();

  const open = (workspaceId: string | undefined, fixed: Tokens | undefined) =>
    createLink({
      url: `${connection.baseUrl}/trpc`,
      fetch,
      maxItems: MAX_BATCH_CALLS,
      maxURLLength: MAX_URL_LENGTH,
      headers: async ({ op, opList = op ? [op] : [] }) => {
        const calls = opList.flatMap(({ context }) => sendings.get(context) ?? []);
        const [first] = calls;
        const tokens = first?.isAnonymous ? undefined : (fixed ?? (await session.tokens()));
        for (const call of calls) call.sent = tokens;
        const operation = opList[0]?.path ?? "";
        const idempotencyKey = first?.idempotencyKey;
        const own = await headersOf(connection, { workspaceId, tokens, idempotencyKey });
        return { ...(await (await needRecovery(operation)).extraHeaders(connection, {})), ...own };
      },
    });

  const byWorkspace = new Map<string, OperationLink<AppRouter>>();
  const byTokens = new WeakMap<Tokens, Map<string, OperationLink<AppRouter>>>();
  const linkOf = (workspaceId: string | undefined, tokens: Tokens | undefined) => {
    const kept =
      tokens === undefined
        ? byWorkspace
        : (byTokens.get(tokens) ?? new Map<string, OperationLink<AppRouter>>());
    if (tokens !== undefined) byTokens.set(tokens, kept);
    const known = kept.get(workspaceId ?? "");
    if (known) return known;
    if (kept.size >= MAX_KEPT_LINKS) kept.clear();
    const link = open(workspaceId, tokens);
    kept.set(workspaceId ?? "", link);
    return link;
  };

  return {
    send: (op, { sending, workspaceId, tokens, signal }) => {
      const context = { ...op.context };
      sendings.set(context, sending);
      return resultOf(linkOf(workspaceId, tokens), { ...op, context }, signal);
    },
  };
}

interface HeaderValues {
  readonly workspaceId: string | undefined;
  readonly tokens: Tokens | undefined;
  readonly idempotencyKey: string | undefined;
}

async function headersOf(
  connection: Connection,
  { workspaceId, tokens, idempotencyKey }: HeaderValues,
): Promise<Record<string, string>> {
  const userAgent = await connection.userAgent();
  const { session } = connection;
  return sdkHeaders({ session, workspaceId }, { token: tokens?.accessToken, idempotencyKey, userAgent });
}

/** Waits for the result of a link. After an abort the promise stays pending, and its caller has stopped waiting. */
function resultOf(link: OperationLink<AppRouter>, op: Operation, signal: Signal): Promise<Envelope> {
  return new Promise((resolve, reject) => {
    let result: Envelope | undefined;
    // The link may settle before it has returned.
    const listener: { remove?: () => void } = {};
    const settle = (act: () => void) => {
      listener.remove?.();
      act();
    };
    const subscription = link({ op, next: refuseNext }).subscribe({
      next: (envelope) => {
        result = envelope;
      },
      error: (error) => settle(() => reject(error)),
      complete: () =>
        settle(() => (result ? resolve(result) : reject(new Error(`${op.path} has no result.`)))),
    });
    listener.remove = onAbort(signal, () => subscription.unsubscribe());
  });
}

const refuseNext = (): never => {
  throw new TypeError("The transport must be a terminating link such as httpLink or httpBatchLink.");
};
