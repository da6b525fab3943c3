// Puts the house together: configuration in, a listening server out. Nothing is started by importing this.
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
  /** Prints a line about a mail that was written to a file. It goes into no log. */
  readonly announce: (line: string) => void;
  /** Whether those lines are read at a terminal, by the person who started the server: then they may hold links. */
  readonly isTerminal: boolean;
  readonly version: string;
}

export interface Server {
  /** Where it listens, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Its database, in words. */
  readonly database: string;
  /** Where its mail goes, in words. */
  readonly mail: string;
  /** Where its keys are, in words, when it made them itself. */
  readonly keys: string | null;
  /** Fulfils when the server cannot go on: its embedded database has ended. */
  readonly crashed: Promise<Error>;
  /** For code within this process: calls operations for who holds the token, as over HTTP but for the wire. */
  callAs(behalf: CallerCredentials): Operations;
  /** Answers what has begun, and lets go of everything. */
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
      invitesNeedVerifiedEmail: config.invitesNeedVerifiedEmail,
      usesShortcuts: config.usesFastPath,
      sessions,
      serviceKeys,
      appUrl: () => config.appUrl ?? urlOf(app.server.address(), config),
      passwords: await createPasswords({ gate: createGate(config), log }),
      passwordPolicy: createPasswordPolicy({ minLength: config.passwordMinLength }),
    };
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
      // Together: what a last request wants sent waits in the database for the next start.
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
      callAs: (behalf) => callerAs(services, behalf),
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

/** Fastify would listen on both addresses of this name, on the second one with a server that has none of our bounds. */
const listenAddress = (host: string): string => (host === "localhost" ? "127.0.0.1" : host);
const scaleBudgets = ({ account, workspace }: Config["budgets"], factor: number): Config["budgets"] => ({
  account: Math.round(account * factor),
  workspace: Math.round(workspace * factor),
});

/** What a stopping server still grants the requests that it is answering. */
const LAST_ANSWERS_MS = 5_000;

/** What waits for the database longer than this is ended with the database's connections. */
const LONGEST_STOP_MS = 7_500;

/** Answers what has begun. Whoever is connected and asks nothing, or reads too slowly, is not waited for any longer. */
async function drain(app: FastifyInstance): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS_MS);
  await app.close();
  clearTimeout(late);
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

/** Of 32 in a queue the last would wait about two seconds. Owners at a known address rather wait than are refused. */
const createGate = ({ argon2Parallel, libuvThreads }: Config) =>
  createArgon2Gate({
    atOnce: argon2Parallel ?? argon2Concurrency({ cores: availableParallelism(), threads: libuvThreads }),
    longestQueue: 32,
    longestWaitMs: 2_000,
    longestKnownWaitMs: 5_000,
  });

function urlOf(address: AddressInfo | string | null, { host, port }: Config): string {
  const actual = typeof address === "object" && address !== null ? address.port : port;
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${shown.includes(":") ? `[${shown}]` : shown}:${actual}`;
}
