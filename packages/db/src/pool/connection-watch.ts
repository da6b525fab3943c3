// Finds the connections that are lost, on which no answer will ever come: the network dropped a message or its answer, the
// machine at the other end is gone, or PostgreSQL does not run. TCP alone notices after minutes.
//
// A connection that waits for an answer and receives no byte for a second is suspected. It may just as well wait for a lock,
// or for a busy database; so PostgreSQL itself is asked, on another connection, which backends it works for. A connection
// whose backend has nothing to do is lost. When nothing answers the question for two seconds, the database is unreachable:
// all that wait in vain are lost, and until it answers again no connection is given out.
//
// Time is counted in ticks, not by the clock: when this process itself was busy, what came in meanwhile is read between
// two ticks, and a late tick is only one.
import { ConnectionLost, ConnectionRetired, type BoundedClient } from "./bounded-client.ts";
import type { Probe, StartProbe } from "./probe.ts";

const TICK_MS = 200;
/** Without a byte for so long, a connection that waits is suspected. */
const SUSPECTED_TICKS = 5;
/** Without a byte for so long, a connection that is being established is lost. */
const CONNECT_TICKS = 7;
/** And any other, whatever PostgreSQL says of it: two seconds more than a statement may take. */
const LOST_TICKS = 35;
/** Another probe begins after so long, whatever became of the one before. */
const PROBE_EVERY_TICKS = 3;
/** When no probe has been answered for so long, the database is unreachable. */
const OUTAGE_TICKS = 10;
/** A probe that is not answered in this time is given up. Until then a late answer counts. */
const PROBE_TICKS = 25;
/** A connection of this age may be replaced after a failover; younger ones reach the present primary. */
const RENEWED_TICKS = 5;

/** The state of a connection at the last tick. */
interface Seen {
  bytesRead: number;
  wasWaiting: boolean;
  /** For how many ticks it has waited without a byte. */
  silentTicks: number;
  ageTicks: number;
  /** PostgreSQL does not work for it. It is lost unless something arrives by the next tick. */
  isCondemned: boolean;
}

interface Running {
  readonly probe: Probe;
  readonly startedAt: number;
}

export class ConnectionWatch {
  readonly #startProbe: StartProbe;
  readonly #onOutage: (isUnreachable: boolean) => void;
  readonly #clients = new Map<BoundedClient, Seen>();
  readonly #lent = new Set<BoundedClient>();
  readonly #probes = new Set<Running>();
  readonly #timer: NodeJS.Timeout;
  #now = 0;
  #lastProbeAt = 0;
  /** When the first probe began of those that nothing has answered. */
  #unansweredSince: number | null = null;
  #isUnreachable = false;

  constructor(startProbe: StartProbe, onOutage: (isUnreachable: boolean) => void) {
    this.#startProbe = startProbe;
    this.#onOutage = onOutage;
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Whether the database has not answered for seconds, so that no connection is worth waiting for. */
  get isUnreachable(): boolean {
    return this.#isUnreachable;
  }

  add(client: BoundedClient): void {
    this.#clients.set(client, {
      bytesRead: 0,
      wasWaiting: false,
      silentTicks: 0,
      ageTicks: 0,
      isCondemned: false,
    });
    client.once("end", () => {
      this.#clients.delete(client);
      this.#lent.delete(client);
    });
    client.connection.on("errorMessage", ({ code }: { code?: string }) => {
      if (code === READ_ONLY) this.renew();
    });
  }

  lent(client: BoundedClient): void {
    this.#lent.add(client);
  }

  givenBack(client: BoundedClient): void {
    this.#lent.delete(client);
    client.givenBack();
  }

  /**
   * Replaces the connections that reach a server which takes no writes any more, as a primary after a failover: by then its
   * name may lead to another. Those in use are closed when they are given back.
   */
  renew(): void {
    for (const [client, { ageTicks }] of this.#clients) {
      if (ageTicks < RENEWED_TICKS) continue;
      if (this.#lent.has(client)) client.retire();
      else client.lose(new ConnectionRetired("The server takes no writes: another connection is opened."));
    }
  }

  /** Closes every connection at once. */
  loseAll(): void {
    for (const client of this.#clients.keys()) client.lose(lost());
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const { probe } of this.#probes) probe.cancel();
  }

  #tick(): void {
    this.#now += 1;
    const suspects: BoundedClient[] = [];
    for (const [client, seen] of this.#clients) {
      look(client, seen);
      if (this.#isLost(client, seen)) client.lose(lost());
      else if (seen.silentTicks >= SUSPECTED_TICKS) suspects.push(client);
    }
    for (const { probe, startedAt } of this.#probes) if (this.#now - startedAt >= PROBE_TICKS) probe.cancel();
    if (suspects.length > 0) this.#checkOutage();
    else if (!this.#isUnreachable && this.#probes.size === 0) this.#unansweredSince = null;
    if (suspects.length > 0 || this.#isUnreachable) this.#probeNow(suspects);
  }

  #isLost(client: BoundedClient, { silentTicks, isCondemned }: Seen): boolean {
    if (isCondemned || silentTicks >= LOST_TICKS) return true;
    if (!client.isConnected && silentTicks >= CONNECT_TICKS) return true;
    return this.#isUnreachable && silentTicks >= SUSPECTED_TICKS;
  }

  #probeNow(suspects: readonly BoundedClient[]): void {
    if (this.#now - this.#lastProbeAt < PROBE_EVERY_TICKS) return;
    this.#lastProbeAt = this.#now;
    this.#unansweredSince ??= this.#now;
    const asked = suspects.filter(({ isConnected }) => isConnected);
    const probe = this.#startProbe(asked.flatMap(({ backendPid }) => backendPid ?? []));
    const running = { probe, startedAt: this.#now };
    this.#probes.add(running);
    void probe.result.then((result) => {
      this.#probes.delete(running);
      if (result.kind === "silent") return;
      this.#answered();
      if (result.kind === "working") this.#condemn(asked, result.pids, running.startedAt);
    });
  }

  #checkOutage(): void {
    const since = this.#unansweredSince;
    if (since === null || this.#now - since < OUTAGE_TICKS || this.#isUnreachable) return;
    this.#isUnreachable = true;
    this.#onOutage(true);
  }

  #answered(): void {
    this.#unansweredSince = null;
    if (!this.#isUnreachable) return;
    this.#isUnreachable = false;
    this.#onOutage(false);
  }

  #condemn(asked: readonly BoundedClient[], working: ReadonlySet<number>, probedAt: number): void {
    for (const client of asked) {
      const seen = this.#clients.get(client);
      const { backendPid } = client;
      if (!seen || backendPid === null || working.has(backendPid)) continue;
      // It was silent before the probe began, and still is: the answer is not on its way.
      const hasBeenSilent = seen.silentTicks >= SUSPECTED_TICKS + (this.#now - probedAt);
      if (hasBeenSilent && seen.bytesRead === client.bytesRead) seen.isCondemned = true;
    }
  }
}

/** Read-only: a standby, or a primary that was told to take no writes. */
const READ_ONLY = "25006";

function look(client: BoundedClient, seen: Seen): void {
  const { isWaiting, bytesRead } = client;
  const isSilent = isWaiting && seen.wasWaiting && bytesRead === seen.bytesRead;
  seen.silentTicks = isSilent ? seen.silentTicks + 1 : 0;
  if (!isSilent) seen.isCondemned = false;
  seen.wasWaiting = isWaiting;
  seen.bytesRead = bytesRead;
  seen.ageTicks += 1;
}

const lost = (): ConnectionLost => new ConnectionLost("The database does not answer on this connection.");
