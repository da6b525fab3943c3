// Puts the house together: configuration in, a listening server out. Nothing is started by importing this.
import type { AddressInfo } from "node:net";
import { availableParallelism } from "node:os";
import type { Config } from "./config/config.ts";
import { createApp } from "./http/app.ts";
import { argon2AtOnce, createArgon2Gate } from "./infra/argon2-gate.ts";
import { openDatabase } from "./infra/database.ts";
import { loadKeyRing, parseKeyRing } from "./infra/key-ring.ts";
import type { Log } from "./infra/log.ts";
import { createSessions } from "./infra/sessions.ts";
import { createPasswordPolicy } from "./infra/password-policy.ts";
import { createPasswords } from "./infra/passwords.ts";
import type { Randomness } from "./infra/randomness.ts";

export interface Surroundings {
  readonly log: Log;
  readonly randomness: Randomness;
  readonly version: string;
}

export interface Server {
  /** Where it listens, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Its database, in words. */
  readonly database: string;
  /** Fulfils when the server cannot go on: its embedded database has ended. */
  readonly crashed: Promise<Error>;
  /** Answers what has begun, and lets go of everything. */
  close(): Promise<void>;
}

export async function startServer(
  config: Config,
  { log, randomness, version }: Surroundings,
): Promise<Server> {
  const keys = config.tokenKeys === null ? loadKeyRing(config.dataDir) : parseKeyRing(config.tokenKeys);
  const database = await openDatabase({ ...config, log });
  try {
    const { db } = database;
    const app = await createApp({
      db,
      keys,
      log,
      randomness,
      version,
      sessions: createSessions(db, keys, randomness),
      passwords: await createPasswords({ gate: gateOf(config), log }),
      passwordPolicy: createPasswordPolicy({ minLength: config.passwordMinLength }),
    });
    await app.listen({ host: config.host, port: config.port });
    const close = async () => {
      await app.close();
      await database.close();
    };
    return {
      url: urlOf(app.server.address(), config),
      database: database.description,
      crashed: database.crashed,
      close,
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

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
