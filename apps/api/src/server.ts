// Assembles and starts the server from a configuration. Importing this file starts nothing.
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { limiterOf } from "./config/limiter-of.ts";
import type { Config } from "./config/settings.ts";
import { fastPath } from "./fast-path/fast-path.ts";
import { createApp } from "./http/app.ts";
import { readWebFiles } from "./http/web/web-files.ts";
import { callerAs, type CallerCredentials, type Operations } from "./in-process.ts";
import { createAdmission } from "./limits/admission/admission.ts";
import { watchLoopDelay } from "./limits/admission/loop-delay.ts";
import { argon2Concurrency, createArgon2Gate } from "./identity/passwords/argon2-gate.ts";
import { createBudgets } from "./limits/budgets/budgets.ts";
import { createCheckpoints } from "./identity/checkpoints.ts";
import { startCleanUp } from "./jobs/clean-up.ts";
import { outageNotice } from "./runtime/outage-notice.ts";
import type { Clock } from "./runtime/clock.ts";
import { endsWithin } from "./runtime/ends-within.ts";
import { openDatabase } from "./runtime/database.ts";
import { loadKeyRing, parseKeyRing } from "./identity/key-ring.ts";
import { joinServers } from "./servers/join-servers.ts";
import { thisMachine } from "./runtime/machine.ts";
import type { Repeated } from "./runtime/repeat.ts";
import { withRedis, type SharedRedis } from "./limits/counting/open-redis.ts";
import { createReadRedisId, type ReadRedisId } from "./limits/counting/redis-id.ts";
import { openLimiter } from "./limits/limiter/open-limiter.ts";
import type { Log } from "./runtime/log.ts";
import { fileTransport } from "./mail/file-transport.ts";
import { startMailWorker } from "./jobs/mail-worker.ts";
import type { MailTransport } from "./mail/mail.ts";
import { smtpTransport } from "./mail/smtp-transport.ts";
import { openObservability } from "./observability.ts";
import { startDenialCounts } from "./jobs/denial-counts.ts";
import { startKeyUses } from "./jobs/key-uses.ts";
import { createTaskCapacity } from "./limits/quotas/task-capacity.ts";
import { createRefusedCredentials } from "./limits/refused-credentials.ts";
import { createServiceKeys } from "./identity/tokens/service-keys.ts";
import { createCookieSessions } from "./identity/sessions/cookie-sessions.ts";
import { createIsTrustedRequest } from "./cookies/is-trusted-request.ts";
import { createSessionCookie } from "./cookies/session-cookie.ts";
import { createSessions } from "./identity/sessions/sessions.ts";
import { createRefusalLog } from "./limits/refusal-log.ts";
import { openTokenForms } from "./identity/tokens/token-forms.ts";
import { createPasswordPolicy } from "./identity/passwords/password-policy.ts";
import { createPasswords } from "./identity/passwords/passwords.ts";
import type { Randomness } from "./runtime/randomness.ts";
import { Turns } from "./rpc/idempotency/turns.ts";
import type { Services } from "./rpc/services.ts";

export interface ServerDeps {
  readonly log: Log;
  readonly randomness: Randomness;
  readonly clock: Clock;
  /** Prints a line about a mail that was written to a file. The line is not logged. */
  readonly announce: (line: string) => void;
  /** Why PostgreSQL may lose committed writes here, such as "a database of the tests". No program sets it. */
  readonly lossAccepted?: string;
  /** Whether the lines are printed to a terminal. Then they may contain links. */
  readonly isTerminal: boolean;
  readonly version: string;
}

export interface Server {
  /** The URL of the server, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** A description of the database. */
  readonly database: string;
  /** A description of the destination of mail. */
  readonly mail: string;
  /** Whether the server sends the web application, and otherwise the reason. */
  readonly web: "served" | "not built" | "off";
  /** The URL of /metrics on its own port, or null. */
  readonly metrics: string | null;
  /** A description of the location of generated keys; null when the keys come from the configuration. */
  readonly keys: string | null;
  /** Resolves when the server cannot continue because its embedded database has stopped. */
  readonly crashed: Promise<Error>;
  /** Creates the operations for code in this process, which calls them with a token but without HTTP. */
  callAs(credentials: CallerCredentials): Operations;
  /**
   * Announces that the server stops, and serves on until PROJO_DRAIN_SECONDS have passed: balancers send their requests
   * elsewhere before the first connection closes. Call `close` afterwards.
   */
  drain(): Promise<void>;
  /** Finishes the running requests and jobs and releases all resources. A second call waits for the first. */
  close(options?: CloseOptions): Promise<void>;
}

export interface CloseOptions {
  /** How long to wait for running requests. The default is 5,000. */
  readonly answersMs?: number;
}

export async function startServer(config: Config, deps: ServerDeps): Promise<Server> {
  const { log, randomness, clock, version, lossAccepted } = deps;
  const keys = config.tokenKeys === null ? loadKeyRing(config.dataDir) : parseKeyRing(config.tokenKeys);
  const files = config.webDirectory === null ? null : await readWebFiles(config.webDirectory);
  const observability = await openObservability(config, deps);
  const { observer, tracer, databaseEvents } = observability;
  const outages = outageNotice({ log, observer: databaseEvents });
  const database = await openDatabase({ ...config, lossAccepted, log, observer: databaseEvents, outages });
  const limiter = await openLimiter(config, keys, log);
  const loop = watchLoopDelay();
  const budgets = createBudgets({
    points: scaleBudgets(config.budgets, config.limitsFactor),
    shared: limiter.shared,
    now: () => clock.now().getTime(),
  });
  let joined: Repeated | undefined;
  try {
    const { db } = database;
    for (const warning of config.warnings) log.warn(warning);
    // No other server can use the embedded database, and those of a developer's machine need not agree.
    if (!config.isLocal && config.databaseUrl !== null) {
      const { isProduction, redisUrl } = config;
      const limiterId = readLimiterId(config, limiter.shared, deps);
      const here = { limiter: limiterOf(redisUrl), limiterId, isProduction, machine: thisMachine() };
      joined = await joinServers({ ...here, store: db.servers, keys, randomness, clock, log, outages });
    }
    const tokenForms = await openTokenForms(db);
    const sessions = createSessions(db, { keys, forms: tokenForms, randomness });
    const cookieSessions = createCookieSessions(db, { keys, forms: tokenForms, randomness });
    const serviceKeys = createServiceKeys({ db, keys, log });
    const refusals = createRefusalLog({ log, clock, observer, poolState: () => db.poolState() });
    const admission = createAdmission({ loop, database: () => db.load() });
    const gate = createGate(config);
    const services: Services = {
      db,
      clock,
      keys,
      turns: new Turns(),
      checkpoints: createCheckpoints(keys),
      tokenForms,
      limiter,
      admission,
      observer,
      tracer,
      budgets,
      quotas: config.quotas,
      taskCapacity: createTaskCapacity({ db, quota: config.quotas.tasks, clock, log }),
      refusedCredentials: createRefusedCredentials({ factor: config.limitsFactor, shared: limiter.shared }),
      log,
      refusals,
      randomness,
      version,
      notices: config.notices,
      invitesNeedVerifiedEmail: config.invitesNeedVerifiedEmail,
      usesShortcuts: config.usesFastPath,
      sessions,
      cookieSessions,
      sessionCookie: createSessionCookie(config),
      isTrustedRequest: createIsTrustedRequest(config),
      serviceKeys,
      appUrl: () => config.appUrl ?? urlOf(app.server.address(), config),
      passwords: createPasswords({ gate, log }),
      passwordPolicy: createPasswordPolicy({ minLength: config.passwordMinLength }),
    };
    // The first query of a process loads Prisma's query compiler, which blocks the event loop for about 50 ms. No call waits for it.
    await db.system.user.findUnique({ where: { email: "" }, select: { id: true } });
    const shortcut = config.usesFastPath ? fastPath : undefined;
    const web = { files, isOff: config.webDirectory === null, isHttps: isHttps(config.appUrl) };
    const { app, stop } = await createApp(services, {
      ...config,
      web,
      shortcut,
      metrics: observability.route,
    });
    const metricsUrl = await observability.listen();
    await app.listen({ host: listenAddress(config.host), port: config.port });
    const url = urlOf(app.server.address(), config);
    for (const warning of database.warnings) log.warn(warning);
    if (config.redisUrl === null) log.info("limits are counted in this process alone: REDIS_URL is not set");
    const transport = mailTransport(config, deps);
    const mail = startMailWorker({
      store: db.mail,
      transport,
      keys,
      forms: tokenForms,
      appUrl: config.appUrl ?? url,
      clock,
      log,
      observer,
    });
    observability.watch({ db, loop, admission, gate, limiter });
    const cleanUp = startCleanUp({ db, sessions, clock, log });
    const denialCounts = startDenialCounts({ db, clock, log });
    const endsDrain = new AbortController();
    let closing: Promise<void> | undefined;
    const keyUses = startKeyUses({ serviceKeys, clock, log });
    const drain = async () => {
      stop.announce();
      if (config.drainMs === 0) return;
      log.info({ ms: config.drainMs }, "the server is stopping: it is not ready, and serves until then");
      await clock.pause(config.drainMs, endsDrain.signal);
    };
    const close = async ({ answersMs = LAST_ANSWERS_MS }: CloseOptions = {}) => {
      endsDrain.abort();
      const answered = stop.closeAll(answersMs).then(() => app.close());
      // All stop concurrently. Mails of the last requests stay in the outbox until the next start.
      const served = answered.then(() => Promise.all([keyUses.stop(), joined?.stop()]));
      const jobs = [mail.stop(), cleanUp.stop(), denialCounts.stop(), observability.stopJobs()];
      const work = [served, ...jobs];
      const isDone = await endsWithin(LONGEST_STOP_MS, Promise.all(work));
      if (!isDone)
        log.warn("the server stopped before all of its work had ended: its database did not answer");
      refusals.stop();
      budgets.close();
      limiter.close();
      loop.stop();
      await database.close();
      await observability.close();
    };
    return {
      url,
      database: database.description,
      mail: transport.description,
      metrics: metricsUrl,
      web: web.isOff ? "off" : files === null ? "not built" : "served",
      keys:
        config.tokenKeys === null ? `made by this server, in ${join(config.dataDir, "token-keys")}` : null,
      crashed: database.crashed,
      callAs: (credentials) => callerAs(services, credentials),
      drain,
      close: (options) => (closing ??= close(options)),
    };
  } catch (error) {
    await joined?.stop();
    budgets.close();
    limiter.close();
    loop.stop();
    await database.close();
    await observability.close();
    throw error;
  }
}

/**
 * For `localhost` Fastify would listen on two addresses, and the server for the second one would not have the connection
 * limits.
 */
const listenAddress = (host: string): string => (host === "localhost" ? "127.0.0.1" : host);
const scaleBudgets = ({ account, workspace }: Config["budgets"], factor: number): Config["budgets"] => ({
  account: Math.round(account * factor),
  workspace: Math.round(workspace * factor),
});

/** How long a stopping server waits for running requests. */
const LAST_ANSWERS_MS = 5_000;

/** How long a stopping server waits for requests and jobs before it closes the database connections. */
const LONGEST_STOP_MS = 7_500;

function readLimiterId({ redisUrl }: Config, shared: SharedRedis | null, deps: ServerDeps): ReadRedisId {
  if (redisUrl === null || shared === null) return () => Promise.resolve(null);
  return createReadRedisId({ ...deps, redis: shared.redis, atStart: (query) => withRedis(redisUrl, query) });
}

const isHttps = (appUrl: string | null): boolean => appUrl?.startsWith("https://") ?? false;

const mailTransport = (
  { smtp, mailFrom: from, dataDir, isLocal }: Config,
  { clock, announce, isTerminal }: ServerDeps,
): MailTransport =>
  smtp === null
    ? fileTransport({
        directory: join(dataDir, "mail"),
        from,
        clock,
        announce,
        showsLinks: isTerminal && isLocal,
      })
    : smtpTransport({ smtp, from, clock });

/**
 * The last of 32 callers in the queue waits about two seconds. Known callers wait up to five seconds before they are
 * refused.
 */
const createGate = ({ argon2Parallel, libuvThreads }: Config) =>
  createArgon2Gate({
    atOnce: argon2Parallel ?? argon2Concurrency({ cores: availableParallelism(), threads: libuvThreads }),
    longestQueue: 32,
    longestWaitMs: 2_000,
    longestKnownWaitMs: 5_000,
  });

function urlOf(address: AddressInfo | string | null, { host, port }: Config): string {
  const actual = typeof address === "object" && address !== null ? address.port : port;
  const reachableHost = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${reachableHost.includes(":") ? `[${reachableHost}]` : reachableHost}:${actual}`;
}
