// Finds lost connections, which will never deliver an answer: the network dropped a message, the other machine is gone, or
// PostgreSQL is not running. TCP alone detects this only after minutes.
//
// A connection is suspected when it waits for an answer and has received no byte for a second. It may also wait for a lock or
// for a busy database, so a probe asks PostgreSQL, on another connection, which backends are working. A suspected connection
// with an idle backend is lost. When no probe is answered for two seconds, the database is unreachable: every suspected
// connection is lost, and the pool hands out no connection until a probe is answered.
//
// Time is counted in ticks, not by the clock. When this process was busy, it reads the received data between two ticks, and a
// late tick counts as one.
import { ConnectionLost, ConnectionRetired, type BoundedClient } from "./bounded-client.ts";
import type { Probe, StartProbe } from "./probe.ts";

const TICK_MS = 200;
/** A connection that waits is suspected after this time without a byte. */
const SUSPECTED_TICKS = 5;
/** A connection that is being established is lost after this time without a byte. */
const CONNECT_TICKS = 7;
/** Any connection is lost after this time without a byte, whatever a probe says: two seconds more than the statement timeout. */
const LOST_TICKS = 35;
/** The interval between two probes, whether or not the previous one was answered. */
const PROBE_EVERY_TICKS = 3;
/** The database is unreachable when no probe has been answered for this time. */
const OUTAGE_TICKS = 10;
/** A probe is cancelled after this time without an answer. Until then a late answer counts. */
const PROBE_TICKS = 25;
/** After a failover, connections older than this are replaced. Younger ones already reach the current primary. */
const RENEWED_TICKS = 5;

/** The state of a connection at the last tick. */
interface ConnectionState {
  bytesRead: number;
  wasWaiting: boolean;
  /** The number of ticks that it has waited without a byte. */
  silentTicks: number;
  ageTicks: number;
  /** True when its backend is idle. The connection is lost unless a byte arrives before the next tick. */
  isBackendIdle: boolean;
}

interface RunningProbe {
  readonly probe: Probe;
  readonly startedAt: number;
}

export class ConnectionWatch {
  readonly #startProbe: StartProbe;
  readonly #onOutage: (isUnreachable: boolean) => void;
  readonly #clients = new Map<BoundedClient, ConnectionState>();
  readonly #acquired = new Set<BoundedClient>();
  readonly #probes = new Set<RunningProbe>();
  readonly #timer: NodeJS.Timeout;
  #now = 0;
  #lastProbeAt = 0;
  /** When the first of the unanswered probes began. */
  #unansweredSince: number | null = null;
  #isUnreachable = false;

  constructor(startProbe: StartProbe, onOutage: (isUnreachable: boolean) => void) {
    this.#startProbe = startProbe;
    this.#onOutage = onOutage;
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  /** Whether no probe has been answered for two seconds. */
  get isUnreachable(): boolean {
    return this.#isUnreachable;
  }

  add(client: BoundedClient): void {
    this.#clients.set(client, {
      bytesRead: 0,
      wasWaiting: false,
      silentTicks: 0,
      ageTicks: 0,
      isBackendIdle: false,
    });
    client.once("end", () => {
      this.#clients.delete(client);
      this.#acquired.delete(client);
    });
    client.connection.on("errorMessage", ({ code }: { code?: string }) => {
      if (code === READ_ONLY) this.renew();
    });
  }

  onAcquire(client: BoundedClient): void {
    this.#acquired.add(client);
  }

  onRelease(client: BoundedClient): void {
    this.#acquired.delete(client);
    client.onRelease();
  }

  /**
   * Replaces the connections to a server that no longer accepts writes, such as the former primary after a failover. The host
   * name may resolve to the new primary by then. Connections in use are closed when they are released.
   */
  renew(): void {
    for (const [client, { ageTicks }] of this.#clients) {
      if (ageTicks < RENEWED_TICKS) continue;
      if (this.#acquired.has(client)) client.retire();
      else
        client.destroy(
          new ConnectionRetired("The server accepts no writes. The pool opens another connection."),
        );
    }
  }

  /** Closes every connection at once. */
  destroyAll(): void {
    for (const client of this.#clients.keys()) client.destroy(lostError());
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const { probe } of this.#probes) probe.cancel();
  }

  #tick(): void {
    this.#now += 1;
    const suspects: BoundedClient[] = [];
    for (const [client, state] of this.#clients) {
      update(state, client);
      if (this.#isLost(client, state)) client.destroy(lostError());
      else if (state.silentTicks >= SUSPECTED_TICKS) suspects.push(client);
    }
    for (const { probe, startedAt } of this.#probes) if (this.#now - startedAt >= PROBE_TICKS) probe.cancel();
    if (suspects.length > 0) this.#checkOutage();
    else if (!this.#isUnreachable && this.#probes.size === 0) this.#unansweredSince = null;
    if (suspects.length > 0 || this.#isUnreachable) this.#probe(suspects);
  }

  #isLost(client: BoundedClient, { silentTicks, isBackendIdle }: ConnectionState): boolean {
    if (isBackendIdle || silentTicks >= LOST_TICKS) return true;
    if (!client.isConnected && silentTicks >= CONNECT_TICKS) return true;
    return this.#isUnreachable && silentTicks >= SUSPECTED_TICKS;
  }

  #probe(suspects: readonly BoundedClient[]): void {
    if (this.#now - this.#lastProbeAt < PROBE_EVERY_TICKS) return;
    this.#lastProbeAt = this.#now;
    this.#unansweredSince ??= this.#now;
    const connected = suspects.filter(({ isConnected }) => isConnected);
    const probe = this.#startProbe(connected.flatMap(({ backendPid }) => backendPid ?? []));
    const running = { probe, startedAt: this.#now };
    this.#probes.add(running);
    void probe.result.then((result) => {
      this.#probes.delete(running);
      if (result.kind === "silent") return;
      this.#endOutage();
      if (result.kind === "working") this.#markIdle(connected, result.pids, running.startedAt);
    });
  }

  #checkOutage(): void {
    const since = this.#unansweredSince;
    if (since === null || this.#now - since < OUTAGE_TICKS || this.#isUnreachable) return;
    this.#isUnreachable = true;
    this.#onOutage(true);
  }

  #endOutage(): void {
    this.#unansweredSince = null;
    if (!this.#isUnreachable) return;
    this.#isUnreachable = false;
    this.#onOutage(false);
  }

  #markIdle(clients: readonly BoundedClient[], working: ReadonlySet<number>, probedAt: number): void {
    for (const client of clients) {
      const state = this.#clients.get(client);
      const { backendPid } = client;
      if (!state || backendPid === null || working.has(backendPid)) continue;
      // The connection was silent before the probe began and still is, so the backend did not answer meanwhile.
      const wasSilent = state.silentTicks >= SUSPECTED_TICKS + (this.#now - probedAt);
      if (wasSilent && state.bytesRead === client.bytesRead) state.isBackendIdle = true;
    }
  }
}

/** The SQLSTATE of a write on a standby, or on a primary that is set to read-only. */
const READ_ONLY = "25006";

function update(state: ConnectionState, { isWaiting, bytesRead }: BoundedClient): void {
  const isSilent = isWaiting && state.wasWaiting && bytesRead === state.bytesRead;
  state.silentTicks = isSilent ? state.silentTicks + 1 : 0;
  if (!isSilent) state.isBackendIdle = false;
  state.wasWaiting = isWaiting;
  state.bytesRead = bytesRead;
  state.ageTicks += 1;
}

const lostError = (): ConnectionLost =>
  new ConnectionLost("The database does not answer on this connection.");
