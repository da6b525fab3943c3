// All configuration, validated at start. This is the one file that knows the environment's names.
import { resolve } from "node:path";
import { z } from "zod";

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Where the embedded database, keys and mail are kept. */
  readonly dataDir: string;
  /** A PostgreSQL of one's own, by the server's login; else the embedded one is started. */
  readonly databaseUrl: string | null;
  /** A login that owns that database, with which the server migrates it at its start; else an operator does. */
  readonly databaseOwnerUrl: string | null;
  readonly databasePoolSize: number;
  /** `kid:key` pairs, newest first; else keys are made once under the data directory. */
  readonly tokenKeys: string | null;
  readonly logLevel: (typeof logLevels)[number];
  readonly passwordMinLength: number;
  /** How many passwords are hashed at once; else as many as the machine can do beside its other work. */
  readonly argon2Parallel: number | null;
  /** The size of libuv's thread pool, on which they are hashed. */
  readonly libuvThreads: number;
}

/** The environment is not right. The message names each variable and what to do. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const logLevels = ["debug", "info", "warn", "error", "silent"] as const;

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);

const postgresUrl = z.string().refine((value) => URL.canParse(value) && /^postgres(ql)?:\/\//.test(value));

const variables = {
  HOST: [z.string().min(1).default("127.0.0.1"), "an address to listen on, such as 127.0.0.1"],
  PORT: [whole(0, 65_535).default(4000), "a port from 0 to 65535, such as 4000"],
  PROJO_DATA_DIR: [z.string().min(1).default(".projo"), "a directory, such as .projo"],
  DATABASE_URL: [
    postgresUrl.optional(),
    "an address such as postgres://projo_server:password@host:5432/projo",
  ],
  PROJO_DATABASE_OWNER_URL: [
    postgresUrl.optional(),
    "an address such as postgres://owner:password@host:5432/projo",
  ],
  PROJO_DATABASE_POOL: [whole(1, 500).default(16), "the most connections to open, from 1 to 500"],
  PROJO_TOKEN_KEYS: [
    z.string().min(1).optional(),
    "one or more kid:key pairs, separated by commas (docs/configuration.md)",
  ],
  PROJO_LOG_LEVEL: [z.enum(logLevels).default("info"), `one of ${logLevels.join(", ")}`],
  PROJO_PASSWORD_MIN_LENGTH: [whole(8, 64).default(15), "a length from 8 to 64"],
  PROJO_ARGON2_PARALLEL: [whole(1, 256).optional(), "how many passwords to hash at once, from 1 to 256"],
  UV_THREADPOOL_SIZE: [whole(1, 1024).default(4), "Node's number of threads, from 1 to 1024"],
} as const;

// Values of these may hold passwords or keys, and are not repeated in messages.
const SECRET = new Set(["DATABASE_URL", "PROJO_DATABASE_OWNER_URL", "PROJO_TOKEN_KEYS"]);

export function configFromEnvironment(): Config {
  return readConfig(process.env);
}

/** Reads and checks the configuration. @throws ConfigError that names every variable that is wrong */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const read = <N extends keyof typeof variables>(name: N): z.output<(typeof variables)[N][0]> => {
    const [schema, expected] = variables[name];
    const result = schema.safeParse(env[name] === "" ? undefined : env[name]);
    if (result.success) return result.data as z.output<(typeof variables)[N][0]>;
    const got = SECRET.has(name) ? "" : `, not ${JSON.stringify(env[name])}`;
    problems.push(`${name} must be ${expected}${got}.`);
    return undefined as never;
  };
  const config: Config = {
    host: read("HOST"),
    port: read("PORT"),
    dataDir: resolve(read("PROJO_DATA_DIR") ?? ""),
    databaseUrl: read("DATABASE_URL") ?? null,
    databaseOwnerUrl: read("PROJO_DATABASE_OWNER_URL") ?? null,
    databasePoolSize: read("PROJO_DATABASE_POOL"),
    tokenKeys: read("PROJO_TOKEN_KEYS") ?? null,
    logLevel: read("PROJO_LOG_LEVEL"),
    passwordMinLength: read("PROJO_PASSWORD_MIN_LENGTH"),
    argon2Parallel: read("PROJO_ARGON2_PARALLEL") ?? null,
    libuvThreads: read("UV_THREADPOOL_SIZE"),
  };
  if (config.databaseOwnerUrl !== null && config.databaseUrl === null) {
    problems.push(
      "PROJO_DATABASE_OWNER_URL needs DATABASE_URL beside it: the login that the server itself uses.",
    );
  }
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return config;
}
