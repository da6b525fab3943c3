// The built server, as `pnpm start` runs it, in production mode.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { productProgram } from "../../contenders/product-program.ts";
import { resourcesOf, type Resources } from "../../processes/resources.ts";
import { supervise, type Exit, type Supervised } from "./supervised.ts";
import { until } from "./until.ts";

export interface DrillServer {
  readonly process: Supervised;
  readonly url: string;
  resources(): Resources;
  untilReady(): Promise<void>;
  /** SIGTERM, then a start with other environment variables or another build. Waits until the server is ready. */
  restart(change?: ServerChange): Promise<StoppedServer>;
}

export interface ServerChange {
  readonly environment?: Readonly<Record<string, string>>;
  /** The directory of another checkout that is built. Default: this checkout. */
  readonly checkout?: string | undefined;
}

export interface StoppedServer extends Exit {
  readonly milliseconds: number;
}

export interface ServerSettings {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly smtpUrl: string;
  readonly appUrl: string;
}

/** @returns the environment that all servers share */
export const serverEnvironment = (settings: ServerSettings): Record<string, string> => ({
  PROJO_ENV: "production",
  PROJO_TOKEN_KEYS: `1:${randomBytes(32).toString("base64url")}`,
  DATABASE_URL: settings.databaseUrl,
  PROJO_DATABASE_POOLER: "transaction",
  REDIS_URL: settings.redisUrl,
  PROJO_SMTP_URL: settings.smtpUrl,
  PROJO_MAIL_FROM: "drill@example.com",
  PROJO_APP_URL: settings.appUrl,
  PROJO_TRUSTED_PROXIES: "127.0.0.1",
  PROJO_INVITES_NEED_VERIFIED_EMAIL: "false",
  // All callers have one address, and the drill is not about limits.
  PROJO_LIMITS: "1000",
  PROJO_WEB: "off",
});

interface ServerOptions {
  readonly name: string;
  readonly directory: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly checkout: string | undefined;
}

const LONGEST_START_MS = 60_000;

export function startServer({ name, directory, port, environment, checkout }: ServerOptions): DrillServer {
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(directory, `${name}.log`);
  const common = { ...environment, PORT: String(port), PROJO_DATA_DIR: join(directory, name) };
  const supervised = supervise({
    name,
    command: commandOf(checkout),
    env: common,
    directory,
    logFile,
  });
  const isReady = async () => {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status === 200;
  };
  const untilReady = () =>
    until(`${name} is ready`, LONGEST_START_MS, isReady).catch((error: unknown) => {
      throw new Error(`The last lines of the log:\n${readFileSync(logFile, "utf8").slice(-2_000)}`, {
        cause: error,
      });
    });
  return {
    process: supervised,
    url,
    resources: () => resourcesOf(supervised.pid()),
    untilReady,
    restart: async (change = {}) => {
      const signalledAt = performance.now();
      supervised.hold();
      const exit = await supervised.end("SIGTERM");
      const milliseconds = performance.now() - signalledAt;
      supervised.start({ command: commandOf(change.checkout), env: { ...common, ...change.environment } });
      await untilReady();
      return { ...exit, milliseconds };
    },
  };
}

const commandOf = (checkout: string | undefined): string[] => [
  process.execPath,
  ...productProgram(checkout === undefined ? undefined : pathToFileURL(join(checkout, "/"))),
];
