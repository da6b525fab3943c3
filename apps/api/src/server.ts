// Assembles and starts the server from a configuration. Importing this file starts nothing.
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Config } from "./config/settings.ts";
import { fastPath } from "./fast-path/fast-path.ts";
import { createApp } from "./http/app.ts";
import { callerAs, type CallerCredentials, type Operations } from "./in-process.ts";
import { createAdmission } from "./limits/admission/admission.ts";
import { watchLoopDelay } from "./limits/admission/loop-delay.ts";
import { argon2Concurrency, createArgon2Gate } from "./identity/passwords/argon2-gate.ts";
import { createBudgets } from "./limits/budgets/budgets.ts";
import { createCheckpoints } from "./identity/checkpoints.ts";
import { startCleanUp } from "./jobs/clean-up.ts";
import type { Clock } from "./runtime/clock.ts";
import { endsWithin } from "./runtime/ends-within.ts";
import { openDatabase } from "./runtime/database.ts";
import { loadKeyRing, parseKeyRing } from "./identity/key-ring.ts";
import { openLimiter } from "./limits/limiter/open-limiter.ts";
import type { Log } from "./runtime/log.ts";
import { fileTransport } from "./mail/file-transport.ts";
import { startMailWorker } from "./jobs/mail-worker.ts";
import type { MailTransport } from "./mail/mail.ts";
import { smtpTransport } from "./mail/smtp-transport.ts";
import { startDenialCounts } from "./jobs/denial-counts.ts";
import { startKeyUses } from "./jobs/key-uses.ts";
import { createTaskCapacity } from "./limits/quotas/task-capacity.ts";
import { createRefusedCredentials } from "./limits/refused-credentials.ts";
import { createServiceKeys } from "./identity/tokens/service-keys.ts";
import { createSessions } from "./identity/sessions/sessions.ts";
import { createRefusalLog } from "./limits/refusal-log.ts";
import { openTokenForms } from "./identity/tokens/token-forms.ts";
import { createPasswordPolicy } from "./identity/passwords/password-policy.ts";
import { createPasswords } from "./identity/passwords/passwords.ts";
import type { Randomness } from "./runtime/randomness.ts";
import type { Services } from "./rpc/services.ts";

export interface ServerDeps {
  readonly log: Log;
  readonly randomness: Randomness;
  readonly clock: Clock;
  /** Prints a line about a mail that was written to a file. The line is not logged. */
  readonly announce: (line: string) => void;
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
  /** A description of the location of generated keys; null when the keys come from the configuration. */
  readonly keys: string | null;
  /** Resolves when the server cannot continue because its embedded database has stopped. */
  readonly crashed: Promise<Error>;
  /** Creates the operations for code in this process, which calls them with a token but without HTTP. */
  callAs(credentials: CallerCredentials): Operations;
  /** Finishes the running requests and jobs and releases all resources. */
  close(): Promise<void>;
}

export async function startServer(config: Config, deps: ServerDeps): Promise<Server> {
  const { log, randomness, clock, version } = deps;
  const keys = config.tokenKeys === null ? loadKeyRing(config.dataDir) : parseKeyRing(config.tokenKeys);
  const database = await openDatabase({ ...config, log });
  const limiter = await openLimiter(config, keys, log);
  const loop = watchLoopDelay();
  const budgets = createBudgets({
    points: scaleBudgets(config.budgets, config.limitsFactor),
    shared: limiter.shared,
    now: () => clock.now().getTime(),
  });
  try {
    const { db } = database;
    const tokenForms = await openTokenForms(db);
    const sessions = createSessions(db, { keys, forms: tokenForms, randomness });
    const serviceKeys = createServiceKeys({ db, keys, log });
    const refusals = createRefusalLog({ log, clock, poolState: () => db.poolState() });
    const services: Services = {
      db,
      clock,
      keys,
      checkpoints: createCheckpoints(keys),
      tokenForms,
      limiter,
      admission: createAdmission({ loop, database: () => db.load() }),
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
      serviceKeys,
      appUrl: () => config.appUrl ?? urlOf(app.server.address(), config),
      passwords: await createPasswords({ gate: createGate(config), log }),
      passwordPolicy: createPasswordPolicy({ minLength: config.passwordMinLength }),
    };
    // The first query of a process loads Prisma's query compiler, which blocks the event loop for about 50 ms. No call waits for it.
    await db.system.user.findUnique({ where: { email: "" }, select: { id: true } });
    const shortcut = config.usesFastPath ? fastPath : undefined;
    const app = await createApp(services, { ...config, shortcut });
    await app.listen({ host: listenAddress(config.host), port: config.port });
    const url = urlOf(app.server.address(), config);
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
    });
    const cleanUp = startCleanUp({ db, sessions, clock, log });
    const denialCounts = startDenialCounts({ db, clock, log });
    const keyUses = startKeyUses({ serviceKeys, clock, log });
    const close = async () => {
      // All stop concurrently. Mails of the last requests stay in the outbox until the next start.
      const work = [drain(app).then(() => keyUses.stop()), mail.stop(), cleanUp.stop(), denialCounts.stop()];
      const isDone = await endsWithin(LONGEST_STOP_MS, Promise.all(work));
      if (!isDone)
        log.warn("the server stopped before all of its work had ended: its database did not answer");
      refusals.stop();
      budgets.close();
      limiter.close();
      loop.stop();
      await database.close();
    };
    return {
      url,
      database: database.description,
      mail: transport.description,
      keys:
        config.tokenKeys === null ? `made by this server, in ${join(config.dataDir, "token-keys")}` : null,
      crashed: database.crashed,
      callAs: (credentials) => callerAs(services, credentials),
      close,
    };
  } catch (error) {
    budgets.close();
    limiter.close();
    loop.stop();
    await database.close();
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

/**
 * Finishes the running requests. Idle connections, and connections whose peer reads too slowly, are closed after 5 s at
 * most.
 */
async function drain(app: FastifyInstance): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS_MS);
  await app.close();
  clearTimeout(timer);
}

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
