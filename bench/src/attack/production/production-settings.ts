// Starts the built server with settings that would expose links, keys or passwords to other machines. The server must refuse
// each of them before it connects or listens, with a message that names the setting to correct. The addresses are in
// 192.0.2.0/24 (RFC 5737), which is unassigned: an attempt to connect would cause a different message.
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import { withTemporaryDirectory } from "../../runner/temporary-directory.ts";
import { startFiledServer } from "./production-process.ts";

export const productionSettings = (): Subject => ({
  name: "production-settings",
  title: "starts with settings that are unsafe for a server that other machines can reach",
  measure: (options) => withTemporaryDirectory((directory) => measure(options, directory)),
});

interface Setup {
  readonly description: string;
  readonly env: Readonly<Record<string, string>>;
  /** The settings that the message must name, one per line. */
  readonly names: readonly string[];
}

const database = "postgres://projo_server:secret@192.0.2.1:5432/projo";
const keys = `1:${randomBytes(32).toString("base64url")}`;
const mail = {
  PROJO_SMTP_URL: "smtps://user:secret@192.0.2.3",
  PROJO_MAIL_FROM: "mail@example.com",
  PROJO_APP_URL: "https://app.example.com",
};
const complete = { ...mail, PROJO_TOKEN_KEYS: keys };
const both = ["PROJO_TOKEN_KEYS", "PROJO_SMTP_URL"];

function setupsIn(directory: string): Setup[] {
  const open = join(directory, "open-keys");
  writeFileSync(open, `${keys}\n`);
  chmodSync(open, 0o666);
  const closed = join(directory, "closed-keys");
  writeFileSync(closed, `${keys}\n`, { mode: 0o600 });
  return [
    {
      description: "a remote database, without keys and a mail server",
      env: { DATABASE_URL: database },
      names: both,
    },
    {
      description: "a remote database, without keys",
      env: { ...mail, DATABASE_URL: database },
      names: ["PROJO_TOKEN_KEYS"],
    },
    {
      description: "a remote database, without a mail server",
      env: { DATABASE_URL: database, PROJO_TOKEN_KEYS: keys },
      names: ["PROJO_SMTP_URL"],
    },
    { description: "all addresses, without keys and a mail server", env: { HOST: "0.0.0.0" }, names: both },
    { description: "all IPv6 addresses, without keys and a mail server", env: { HOST: "::" }, names: both },
    { description: "production, without any setting", env: { PROJO_ENV: "production" }, names: both },
    {
      description: "production, with mail to files and generated keys",
      env: { PROJO_ENV: "production", PROJO_MAIL: "files", PROJO_TOKEN_KEYS: "auto" },
      names: ["PROJO_TOKEN_KEYS", "PROJO_MAIL"],
    },
    {
      description: "production, with the owner's login",
      env: {
        ...complete,
        PROJO_ENV: "production",
        DATABASE_URL: database,
        PROJO_DATABASE_OWNER_URL: "postgres://owner:secret@192.0.2.1/projo",
      },
      names: ["PROJO_DATABASE_OWNER_URL"],
    },
    {
      description: "production, with mailed links over plain HTTP",
      env: { ...complete, PROJO_ENV: "production", PROJO_APP_URL: "http://app.example.com" },
      names: ["PROJO_APP_URL"],
    },
    {
      description: "a database connection that falls back to plain text",
      env: { ...complete, DATABASE_URL: `${database}?sslmode=prefer` },
      names: ["DATABASE_URL"],
    },
    {
      description: "a database connection that accepts any certificate",
      env: { ...complete, DATABASE_URL: `${database}?sslmode=no-verify` },
      names: ["DATABASE_URL"],
    },
    {
      description: "a plain-text connection to Redis",
      env: { ...complete, REDIS_URL: "redis://:secret@192.0.2.2:6379" },
      names: ["REDIS_URL"],
    },
    {
      description: "a password sent to a mail server in plain text",
      env: { ...complete, PROJO_SMTP_URL: "smtp://user:secret@192.0.2.3?tls=off" },
      names: ["PROJO_SMTP_URL"],
    },
    {
      description: "production, with a database connection without TLS",
      env: { ...complete, PROJO_ENV: "production", DATABASE_URL: `${database}?sslmode=disable` },
      names: ["DATABASE_URL"],
    },
    {
      description: "production, with Redis and a mail server without TLS",
      env: {
        ...complete,
        PROJO_ENV: "production",
        REDIS_URL: "redis://192.0.2.2:6379?tls=off",
        PROJO_SMTP_URL: "smtp://192.0.2.3?tls=off",
      },
      names: ["REDIS_URL", "PROJO_SMTP_URL"],
    },
    {
      description: "a remote database, with a key of 32 zero bytes",
      env: { ...mail, DATABASE_URL: database, PROJO_TOKEN_KEYS: `1:${"A".repeat(43)}` },
      names: ["PROJO_TOKEN_KEYS"],
    },
    {
      description: "a misspelt PROJO_ENV",
      env: { ...complete, PROJO_EVN: "production" },
      names: ["PROJO_EVN"],
    },
    {
      description: "a key file that all users may write",
      env: { PROJO_TOKEN_KEYS_FILE: open },
      names: ["PROJO_TOKEN_KEYS_FILE"],
    },
    {
      description: "keys in the environment and in a file",
      env: { PROJO_TOKEN_KEYS: keys, PROJO_TOKEN_KEYS_FILE: closed },
      names: ["PROJO_TOKEN_KEYS"],
    },
    {
      description: "the operator's login in a server in production",
      env: {
        ...complete,
        PROJO_ENV: "production",
        DATABASE_URL: database,
        PROJO_OPERATOR_DATABASE_URL: "postgres://projo_operations:secret@192.0.2.1/projo",
      },
      names: ["PROJO_OPERATOR_DATABASE_URL"],
    },
  ];
}

/** The time limit of a refusal, in addition to the time to refuse an invalid PORT, which the server checks first. */
const MAX_MS = 1_000;
const MAX_TRIES = 4;
const PATIENCE_MS = 15_000;

async function measure({ quick, progress }: RunOptions, directory: string): Promise<Figure[]> {
  // Each set-up starts a process, so a quick run tries every second one. The tests of the configuration try all of them.
  const setups = setupsIn(directory).filter((_, place) => !quick || place % 2 === 0);
  const usual = await tryOn(join(directory, "usual"), {
    description: "",
    env: { PORT: "x" },
    names: ["PORT"],
  });
  const tried = [];
  for (const [place, setup] of setups.entries()) {
    const attempt = (nth: number) => tryOn(join(directory, `${place}-${nth}`), setup);
    let one = await attempt(0);
    // On a busy machine a process may start late once. A server that waits for another machine is late each time.
    for (let nth = 1; nth < MAX_TRIES && one.refused && one.ms - usual.ms > MAX_MS; nth += 1) {
      one = await attempt(nth);
    }
    if (!one.refused) progress(`not refused: ${setup.description}`);
    tried.push(one);
  }
  return [
    {
      name: `refused set-ups, of ${setups.length}`,
      value: tried.filter(({ refused }) => refused).length,
      unit: "",
      goal: { atLeast: setups.length },
    },
    {
      name: "longest time to a refusal, beyond that of an invalid PORT",
      value: Math.max(0, ...tried.map(({ ms }) => ms - usual.ms)),
      unit: "ms",
      goal: { atMost: MAX_MS },
    },
    {
      name: "secrets in the messages",
      value: tried.filter(({ leaked }) => leaked).length,
      unit: "",
      goal: { atMost: 0 },
    },
  ];
}

interface Tried {
  readonly refused: boolean;
  readonly ms: number;
  readonly leaked: boolean;
}

async function tryOn(directory: string, { env, names }: Setup): Promise<Tried> {
  mkdirSync(directory);
  const startedAt = performance.now();
  const server = startFiledServer(directory, { ...env });
  const listening = server.listening().catch(() => null);
  const code = await Promise.race([
    server.endedWithin(PATIENCE_MS),
    listening.then((url) => (url ? null : 1)),
  ]);
  const ms = performance.now() - startedAt;
  await server.stop();
  const { stdout, stderr } = server.output();
  const lines = stderr.trim().split("\n");
  const named = names.every((name) => lines.some((line) => line.startsWith(`${name} `)));
  return {
    refused: code === 1 && stdout === "" && named && lines.length === names.length,
    ms,
    leaked: /secret|AQEBAQEB/.test(stdout + stderr),
  };
}
