// Puts the house together: configuration in, a listening server out. Nothing is started by importing this.
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { Config } from "./config/config.ts";
import { createApp } from "./http/app.ts";
import { callerAs, type Behalf, type Operations } from "./in-process.ts";
import { argon2AtOnce, createArgon2Gate } from "./infra/argon2-gate.ts";
import { createCheckpoints } from "./infra/checkpoints.ts";
import { startCleanUp } from "./infra/clean-up.ts";
import type { Clock } from "./infra/clock.ts";
import { openDatabase } from "./infra/database.ts";
import { loadKeyRing, parseKeyRing } from "./infra/key-ring.ts";
import { openLimiter } from "./infra/limiter/open-limiter.ts";
import type { Log } from "./infra/log.ts";
import { fileTransport } from "./infra/mail/file-transport.ts";
import { startMailWorker } from "./infra/mail/mail-worker.ts";
import type { MailTransport } from "./infra/mail/mail.ts";
import { smtpTransport } from "./infra/mail/smtp-transport.ts";
import { startKeyUses } from "./infra/key-uses.ts";
import { createRefusedCredentials } from "./infra/refused-credentials.ts";
import { createServiceKeys } from "./infra/service-keys.ts";
import { createSessions } from "./infra/sessions.ts";
import { openTokenForms } from "./infra/token-forms.ts";
import { createPasswordPolicy } from "./infra/password-policy.ts";
import { createPasswords } from "./infra/passwords.ts";
import type { Randomness } from "./infra/randomness.ts";
import type { Services } from "./rpc/services.ts";

export interface Surroundings {
  readonly log: Log;
  readonly randomness: Randomness;
  readonly clock: Clock;
  /** Tells the person at the console, who develops, of a mail and its link. It goes into no log. */
  readonly announce: (line: string) => void;
  readonly version: string;
}

export interface Server {
  /** Where it listens, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Its database, in words. */
  readonly database: string;
  /** Where its mail goes, in words. */
  readonly mail: string;
  /** Fulfils when the server cannot go on: its embedded database has ended. */
  readonly crashed: Promise<Error>;
  /** For code within this process: calls operations for who holds the token, as over HTTP but for the wire. */
  callAs(behalf: Behalf): Operations;
  /** Answers what has begun, and lets go of everything. */
  close(): Promise<void>;
}

export async function startServer(config: Config, surroundings: Surroundings): Promise<Server> {
  const { log, randomness, clock, version } = surroundings;
  const keys = config.tokenKeys === null ? loadKeyRing(config.dataDir) : parseKeyRing(config.tokenKeys);
  const database = await openDatabase({ ...config, log });
  const limiter = await openLimiter(config, keys, log);
  try {
    const { db } = database;
    const tokenForms = await openTokenForms(db);
    const sessions = createSessions(db, { keys, forms: tokenForms, randomness });
    const serviceKeys = createServiceKeys({ db, keys, log });
    const services: Services = {
      db,
      clock,
      keys,
      checkpoints: createCheckpoints(keys),
      tokenForms,
      limiter,
      refusedCredentials: createRefusedCredentials({ factor: config.limitsFactor, shared: limiter.shared }),
      log,
      randomness,
      version,
      sessions,
      serviceKeys,
      appUrl: () => config.appUrl ?? urlOf(app.server.address(), config),
      passwords: await createPasswords({ gate: gateOf(config), log }),
      passwordPolicy: createPasswordPolicy({ minLength: config.passwordMinLength }),
    };
    const app = await createApp(services, config);
    await app.listen({ host: config.host, port: config.port });
    const url = urlOf(app.server.address(), config);
    if (config.redisUrl === null) log.info("limits are counted in this process alone: REDIS_URL is not set");
    const transport = mailTransport(config, surroundings);
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
    const keyUses = startKeyUses({ serviceKeys, clock, log });
    const close = async () => {
      // Together: what a last request wants sent waits in the database for the next start.
      await Promise.all([drain(app).then(() => keyUses.stop()), mail.stop(), cleanUp.stop()]);
      limiter.close();
      await database.close();
    };
    return {
      url,
      database: database.description,
      mail: transport.description,
      crashed: database.crashed,
      callAs: (behalf) => callerAs(services, behalf),
      close,
    };
  } catch (error) {
    limiter.close();
    await database.close();
    throw error;
  }
}

/** What a stopping server still grants the requests that it is answering. */
const LAST_ANSWERS_MS = 5_000;

/** Answers what has begun. Whoever is connected and asks nothing, or reads too slowly, is not waited for any longer. */
async function drain(app: FastifyInstance): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS_MS);
  await app.close();
  clearTimeout(late);
}

const mailTransport = (
  { smtp, mailFrom: from, dataDir }: Config,
  { clock, announce }: Surroundings,
): MailTransport =>
  smtp === null
    ? fileTransport({ directory: join(dataDir, "mail"), from, clock, announce })
    : smtpTransport({ smtp, from, clock });

/** A sign-in that waits longer than two seconds is not waited for; more than 32 in a queue would have to. */
const gateOf = ({ argon2Parallel, libuvThreads }: Config) =>
  createArgon2Gate({
    atOnce: argon2Parallel ?? argon2AtOnce({ cores: availableParallelism(), threads: libuvThreads }),
    longestQueue: 32,
    longestWaitMs: 2_000,
  });

function urlOf(address: AddressInfo | string | null, { host, port }: Config): string {
  const actual = typeof address === "object" && address !== null ? address.port : port;
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${shown.includes(":") ? `[${shown}]` : shown}:${actual}`;
}
