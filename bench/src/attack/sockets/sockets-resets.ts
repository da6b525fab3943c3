// Peers that send a request and immediately reset the connection, while the server trusts proxies. Such a connection has no
// remote address when the server reads its request. Some of the requests cause audit entries and account events.
import type { DataSet, Target } from "../../dataset/data-set.ts";
import type { Owner } from "../../database/bench-database.ts";
import { runConcurrently } from "../../runner/run-concurrently.ts";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import type { SharedTestbed } from "../../testbed/shared-testbed.ts";
import type { Testbed } from "../../testbed/testbed.ts";
import { setTimeout as delay } from "node:timers/promises";
import { getText, isServed, openPeer, postText, type Peer } from "./sockets-peer.ts";

export const socketsResets = (testbed: SharedTestbed): Subject => ({
  name: "sockets-resets",
  title: "requests on connections that are reset immediately, with trusted proxies",
  measure: async (options) => measure(options, await testbed.open(options)),
});

/** One of this many requests is a denied read, and one is a refused sign-in. Both are recorded. */
const RECORDED_EVERY = 10;

async function measure(options: RunOptions, testbed: Testbed): Promise<Figure[]> {
  const trusting = await resetAll(options, testbed, { PROJO_TRUSTED_PROXIES: "127.0.0.0/8,10.0.0.0/8" });
  const direct = await resetAll(options, testbed, {});
  return [...figuresOf("with trusted proxies", trusting), ...figuresOf("without proxies", direct)];
}

interface Measured {
  readonly expected: number;
  readonly sent: number;
  readonly isServed: boolean;
  readonly entries: number;
  readonly withoutAddress: number;
}

const figuresOf = (group: string, seen: Measured): Figure[] => [
  {
    group,
    name: "connections reset after the request",
    value: seen.sent,
    unit: "connections",
    goal: { atLeast: seen.expected },
  },
  {
    group,
    name: "normal request afterwards",
    value: seen.isServed ? 1 : 0,
    unit: "answered",
    goal: { atLeast: 1 },
  },
  { group, name: "recorded entries", value: seen.entries, unit: "entries", goal: { atLeast: 1 } },
  {
    group,
    name: "entries without an address",
    value: seen.withoutAddress,
    unit: "entries",
    goal: { atMost: 0 },
  },
];

async function resetAll(
  { quick, progress }: RunOptions,
  testbed: Testbed,
  more: Readonly<Record<string, string>>,
): Promise<Measured> {
  const expected = quick ? 500 : 2_000;
  const { server } = await testbed.start("projo", { environment: { PROJO_LIMITS: "1000", ...more } });
  const { data, database } = testbed;
  try {
    const before = await recorded(database.owner);
    let sent = 0;
    await runConcurrently(20, requestsOn(data, expected), async ({ text, isChange, resetAfterMs }) => {
      const peer = await openPeer({ url: server.url, reads: isChange });
      if (peer.closedAfterMs() !== null) return;
      // A connection that is reset before it is accepted has no effect. A response shows that it was accepted.
      if (isChange) await isAccepted(peer);
      peer.socket.write(text);
      if (isChange) await delay(resetAfterMs);
      peer.socket.resetAndDestroy();
      sent += 1;
    });
    progress(`reset ${sent} connections`);
    await delay(quick ? 500 : 1_500);
    const after = await recorded(database.owner);
    return {
      expected,
      sent,
      isServed: await isServed(server.url),
      entries: after.all - before.all,
      withoutAddress: after.withoutAddress - before.withoutAddress,
    };
  } finally {
    await server.stop();
  }
}

async function isAccepted(peer: Peer): Promise<void> {
  peer.socket.write(getText("/livez"));
  for (let tries = 0; tries < 400 && peer.received() === ""; tries += 1) await delay(5);
}

interface Request {
  readonly text: string;
  readonly isChange: boolean;
  /** The delay before the reset of a recorded request, in which the server can read it. */
  readonly resetAfterMs: number;
}

/** Returns reads, denied reads, which the audit log records, and refused sign-ins, which are account events. */
function requestsOn({ targets, viewers }: DataSet, many: number): Request[] {
  return Array.from({ length: many }, (_, at): Request => {
    const viewer = cycle(viewers, at);
    const resetAfterMs = (at / 5) % 4;
    if (at % RECORDED_EVERY === 0)
      return { text: getText("/trpc/audit.list", headersOf(viewer)), isChange: true, resetAfterMs };
    if (at % RECORDED_EVERY === 5) {
      const input = { email: `reset${at}@example.com`, password: "not the password of anybody" };
      return { text: postText("/trpc/auth.signIn", input), isChange: true, resetAfterMs };
    }
    const target = cycle(targets, at);
    const input = encodeURIComponent(JSON.stringify({ id: target.taskId }));
    const forwarded = FORWARDED[at % FORWARDED.length] ?? "";
    const headers = { ...headersOf(target), "x-forwarded-for": forwarded };
    return { text: getText(`/trpc/tasks.get?input=${input}`, headers), isChange: false, resetAfterMs: 0 };
  });
}

function cycle(all: readonly Target[], at: number): Target {
  const target = all[at % all.length];
  if (!target) throw new RangeError("The data set has no target.");
  return target;
}

const FORWARDED = [
  "203.0.113.9",
  "",
  ",,,",
  "nobody, 10.0.0.1",
  "fe80::1%eth0",
  "1.2.3.4:99",
  "[::1]",
  "10.0.0.1, , ",
];

const headersOf = ({ tokens, workspaceId }: Target) => ({
  authorization: `Bearer ${tokens.product}`,
  "x-workspace-id": workspaceId,
});

async function recorded(owner: Owner): Promise<{ all: number; withoutAddress: number }> {
  const { rows } = await owner.query<{ all: number; withoutAddress: number }>(`
    SELECT count(*)::int AS all, (count(*) FILTER (WHERE coalesce(ip, '') = ''))::int AS "withoutAddress"
      FROM (SELECT ip FROM account_events
             UNION ALL SELECT personal_json -> 'ip' ->> 'value' FROM audit_logs) AS entries`);
  return rows[0] ?? { all: 0, withoutAddress: 0 };
}
