// Starts the built server with settings that would leak links, keys or passwords where other machines reach them. Each must
// be refused before anything is connected or listened to, in a message that names the setting to make. The addresses are of
// 192.0.2.0/24 (RFC 5737), which nobody has: a server that tried to connect would be seen by its message.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Figure } from "../../runner/figure.ts";
import type { RunOptions, Subject } from "../../runner/run-bench.ts";
import { withTemporaryDirectory } from "../../runner/temporary-directory.ts";
import { startFiledServer } from "./production-process.ts";

export const productionSettings = (): Subject => ({
  name: "production-settings",
  title: "the server is started with settings that are unsafe where other machines reach it",
  measure: (options) => withTemporaryDirectory((directory) => measure(options, directory)),
});

interface Setup {
  readonly says: string;
  readonly env: Readonly<Record<string, string>>;
  /** The settings that the message must name, each in a line of its own. */
  readonly names: readonly string[];
}

const database = "postgres://projo_server:secret@192.0.2.1:5432/projo";
const keys = `1:${Buffer.alloc(32, 1).toString("base64url")}`;
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
      says: "a remote database, without keys and a mail server",
      env: { DATABASE_URL: database },
      names: both,
    },
    {
      says: "a remote database, without keys",
      env: { ...mail, DATABASE_URL: database },
      names: ["PROJO_TOKEN_KEYS"],
    },
    {
      says: "a remote database, without a mail server",
      env: { DATABASE_URL: database, PROJO_TOKEN_KEYS: keys },
      names: ["PROJO_SMTP_URL"],
    },
    { says: "all addresses, without keys and a mail server", env: { HOST: "0.0.0.0" }, names: both },
    { says: "all IPv6 addresses, without keys and a mail server", env: { HOST: "::" }, names: both },
    { says: "production, with nothing set", env: { PROJO_ENV: "production" }, names: both },
    {
      says: "production, with mail to files and keys of its own",
      env: { PROJO_ENV: "production", PROJO_MAIL: "files", PROJO_TOKEN_KEYS: "auto" },
      names: ["PROJO_TOKEN_KEYS", "PROJO_MAIL"],
    },
    {
      says: "production, with the owner's login",
      env: {
        ...complete,
        PROJO_ENV: "production",
        DATABASE_URL: database,
        PROJO_DATABASE_OWNER_URL: "postgres://owner:secret@192.0.2.1/projo",
      },
      names: ["PROJO_DATABASE_OWNER_URL"],
    },
    {
      says: "production, with mailed links over plain HTTP",
      env: { ...complete, PROJO_ENV: "production", PROJO_APP_URL: "http://app.example.com" },
      names: ["PROJO_APP_URL"],
    },
    {
      says: "a database in the clear when it has no TLS",
      env: { ...complete, DATABASE_URL: `${database}?sslmode=prefer` },
      names: ["DATABASE_URL"],
    },
    {
      says: "a database with any certificate",
      env: { ...complete, DATABASE_URL: `${database}?sslmode=no-verify` },
      names: ["DATABASE_URL"],
    },
    {
      says: "Redis in the clear",
      env: { ...complete, REDIS_URL: "redis://:secret@192.0.2.2:6379" },
      names: ["REDIS_URL"],
    },
    {
      says: "a password to a mail server in the clear",
      env: { ...complete, PROJO_SMTP_URL: "smtp://user:secret@192.0.2.3?tls=off" },
      names: ["PROJO_SMTP_URL"],
    },
    {
      says: "keys that everybody may write",
      env: { PROJO_TOKEN_KEYS_FILE: open },
      names: ["PROJO_TOKEN_KEYS_FILE"],
    },
    {
      says: "keys in the environment and in a file",
      env: { PROJO_TOKEN_KEYS: keys, PROJO_TOKEN_KEYS_FILE: closed },
      names: ["PROJO_TOKEN_KEYS"],
    },
    {
      says: "the operator's login in a server in production",
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

/** How long a refusal may take beyond that of a wrong PORT, which is refused as early as can be. */
const MAX_MS = 1_000;
const MAX_TRIES = 4;
const PATIENCE_MS = 15_000;

async function measure({ quick, progress }: RunOptions, directory: string): Promise<Figure[]> {
  // Each starts a process, so the short form tries every other one; the tests of the configuration try them all.
  const setups = setupsIn(directory).filter((_, place) => !quick || place % 2 === 0);
  const usual = await tryOn(join(directory, "usual"), { says: "", env: { PORT: "x" }, names: ["PORT"] });
  const tried = [];
  for (const [place, setup] of setups.entries()) {
    const attempt = (nth: number) => tryOn(join(directory, `${place}-${nth}`), setup);
    let one = await attempt(0);
    // On a busy machine any process may start late once. One that waits for another machine is late each time.
    for (let nth = 1; nth < MAX_TRIES && one.refused && one.ms - usual.ms > MAX_MS; nth += 1) {
      one = await attempt(nth);
    }
    if (!one.refused) progress(`not refused: ${setup.says}`);
    tried.push(one);
  }
  return [
    {
      name: `unsafe set-ups refused, of ${setups.length}`,
      value: tried.filter(({ refused }) => refused).length,
      unit: "",
      goal: { atLeast: setups.length },
    },
    {
      name: "longest time to a refusal, beyond that of a wrong PORT",
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
