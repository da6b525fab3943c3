// Mutants of the checks at the start of a server: printed links, unsafe settings, and the operator's login.
import { randomBytes } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, eventually, type TestServer } from "../../../kit/index.ts";
import { newUser } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const keys = { PROJO_TOKEN_KEYS: `1:${randomBytes(32).toString("base64url")}` };
const mail = {
  PROJO_SMTP_URL: "smtps://user:secret@mail.example.com",
  PROJO_MAIL_FROM: "mail@example.com",
  PROJO_APP_URL: "https://app.example.com",
};
const remote = { DATABASE_URL: "postgres://projo_server:secret@db.example.com/projo" };
const production = { PROJO_ENV: "production" };

const printsLink: Attack = {
  title: "the output of a server without a terminal contains a reset link",
  tryOn: async (server) => {
    const { email } = await newUser(server);
    await call(server.url, "password.requestReset", { input: { email } });
    const announced = () => server.announced.filter((line) => line.includes(email));
    await eventually(() => announced().length > 0);
    return announced().some((line) => line.includes("#token="));
  },
};

const starts = (title: string, envOf: (server: TestServer) => Readonly<Record<string, string>>): Attack => ({
  title,
  tryOn: (server) => Promise.resolve(server.problemOf(envOf(server)) === null),
});

const remoteWithoutKeys = starts("a server with a remote database starts with generated keys", () => ({
  ...remote,
  ...mail,
}));
const remoteWithoutMail = starts("a server with a remote database starts with mail in files", () => ({
  ...remote,
  ...keys,
}));
const allAddressesWithoutKeys = starts(
  "a server that listens on all addresses starts with generated keys",
  () => ({
    HOST: "0.0.0.0",
    ...mail,
  }),
);
const allAddressesWithoutMail = starts(
  "a server that listens on all addresses starts with mail in files",
  () => ({
    HOST: "0.0.0.0",
    ...keys,
  }),
);
const productionWithoutKeys = starts("a server in production starts with generated keys", () => ({
  ...production,
  ...mail,
}));
const productionWithAutoKeys = starts("a server in production starts with PROJO_TOKEN_KEYS=auto", () => ({
  ...production,
  ...mail,
  PROJO_TOKEN_KEYS: "auto",
}));
const productionWithFiles = starts("a server in production starts with PROJO_MAIL=files", () => ({
  ...production,
  ...keys,
  PROJO_MAIL: "files",
}));
const productionWith = (title: string, env: Readonly<Record<string, string>>): Attack =>
  starts(title, () => ({ ...production, ...remote, ...keys, ...mail, ...env }));
const ownerInProduction = productionWith("a server in production starts with the owner's login", {
  PROJO_DATABASE_OWNER_URL: "postgres://owner:secret@db.example.com/projo",
});
const operatorInProduction = productionWith("a server in production starts with the operator's login", {
  PROJO_OPERATOR_DATABASE_URL: "postgres://operator:secret@db.example.com/projo",
});
const backupInProduction = productionWith("a server in production starts with the login for backups", {
  PROJO_BACKUP_DATABASE_URL: "postgres://projo_dump:secret@db.example.com/projo",
});
const plainLinks = productionWith("a server in production starts with plain HTTP links", {
  PROJO_APP_URL: "http://app.example.com",
});
const plainRedis = starts("a server starts with a password for a remote Redis and no TLS", () => ({
  REDIS_URL: "redis://:secret@redis.example.com",
}));
const plainSmtp = starts("a server starts with a password for a remote mail server and no TLS", () => ({
  ...mail,
  PROJO_SMTP_URL: "smtp://user:secret@mail.example.com?tls=off",
}));
const writableKeys = starts("a server starts with keys from a world-writable file", ({ dataDir }) => {
  const file = join(dataDir, "writable-keys");
  writeFileSync(file, keys.PROJO_TOKEN_KEYS);
  chmodSync(file, 0o666);
  return { PROJO_TOKEN_KEYS_FILE: file };
});

const plainDatabase = productionWith("a server in production uses a remote PostgreSQL without TLS", {
  DATABASE_URL: `${remote.DATABASE_URL}?sslmode=disable`,
});
const plainRedisInProduction = productionWith("a server in production uses a remote Redis without TLS", {
  REDIS_URL: "redis://redis.example.com?tls=off",
});
const plainSmtpInProduction = productionWith("a server in production uses a remote mail server without TLS", {
  PROJO_SMTP_URL: "smtp://mail.example.com?tls=off",
});
const anyCertificate = productionWith("a server in production accepts any certificate", {
  NODE_TLS_REJECT_UNAUTHORIZED: "0",
});
const unknownSetting = productionWith("a server in production ignores an unknown setting", {
  PROJO_COLOUR: "blue",
});
const misspeltMode = starts("a server with a misspelt PROJO_ENV starts in development", () => ({
  PROJO_EVN: "production",
}));
const weakKey = (title: string, key: Buffer): Attack =>
  starts(`a server that other machines can reach starts with ${title}`, () => ({
    ...remote,
    ...mail,
    PROJO_TOKEN_KEYS: `1:${key.toString("base64url")}`,
  }));
const zeroKey = weakKey("a key of zero bytes", Buffer.alloc(32));
const repeatedKey = weakKey("a key that repeats 16 bytes", Buffer.alloc(32, randomBytes(16)));
const countedKey = weakKey("the key 0, 1, 2 and so on", Buffer.from(Array.from({ length: 32 }, (_, n) => n)));
const paddedKey = weakKey("a short key filled with zeros", Buffer.concat([randomBytes(8), Buffer.alloc(24)]));
const passwordKey = weakKey("a password as its key", Buffer.from("Correct-Horse_battery staple 2026!"));

const wordKey = weakKey(
  "words as its key",
  Buffer.from("correct-horse-battery-staple-correct-staple-", "base64url"),
);

const servesAsOperator: Attack = {
  title: "a server serves requests with the operator's login",
  tryOn: (server) => server.canServe(server.database.operatorUrl),
};

const withoutTimeLimits = starts(
  "a server starts with an address that removes its time limits",
  ({ database }) => {
    const url = new URL(database.url);
    url.searchParams.set("options", "-c statement_timeout=0");
    return { DATABASE_URL: url.href };
  },
);

/** PostgreSQL applies settings of a login to its new connections. The triggers protect the audit log. */
const servesWithoutTriggers: Attack = {
  title: "a server serves requests on connections whose login disables triggers",
  tryOn: async (server) => {
    const { database } = server;
    const login = `${new URL(database.url).username} IN DATABASE ${database.name}`;
    await database.owner(`ALTER ROLE ${login} SET session_replication_role = 'replica'`);
    try {
      return await server.canServe(database.url);
    } finally {
      await database.owner(`ALTER ROLE ${login} RESET session_replication_role`);
    }
  },
};

/** The databases of the tests run with settings that lose acknowledged writes in a crash. */
const losesWrites: Attack = {
  title: "a server in production serves over a PostgreSQL that loses acknowledged writes in a crash",
  tryOn: async (server) => {
    const env = { ...production, ...mail, ...keys, DATABASE_URL: server.database.url };
    const started = server.startAnother(env, { checksDurability: true });
    const other = await started.catch((error: unknown) => {
      if (error instanceof Error && error.name === "UnsafeSettings") return null;
      throw error;
    });
    await other?.close();
    return other !== null;
  },
};

const plainFile = "apps/api/src/config/plain-connections.ts";
const weaknessFile = "apps/api/src/identity/key-weakness.ts";
const settingsFile = "apps/api/src/config/unsafe-settings.ts";
const mutantOf = (
  title: string,
  [file, text, replacement]: readonly [file: string, text: string, replacement: string],
  succeeds: readonly Attack[],
): Mutant => ({ removed: [guard(title, file, [text, replacement])], succeeds });

export const productionDefaults: readonly Mutant[] = [
  mutantOf(
    "links are printed only to a terminal",
    ["apps/api/src/server.ts", "showsLinks: isTerminal && isLocal", "showsLinks: isLocal"],
    [printsLink],
  ),
  mutantOf(
    "the line about a mail omits its link where links are not shown",
    ["apps/api/src/mail/file-transport.ts", "showsLinks && mail.link !== null", "mail.link !== null"],
    [printsLink],
  ),
  mutantOf(
    "a remote database requires explicit settings",
    [settingsFile, "if (databaseUrl !== null && !databaseUrl.isLocal)", "if (databaseUrl?.host === '')"],
    [remoteWithoutKeys, remoteWithoutMail],
  ),
  mutantOf(
    "a server that does not listen on loopback requires explicit settings",
    [settingsFile, "return isLoopback(host) ? null", "return isLoopback(host) || host !== '' ? null"],
    [allAddressesWithoutKeys, allAddressesWithoutMail],
  ),
  mutantOf(
    "a server in production requires explicit settings",
    [settingsFile, 'if (isProduction) return "PROJO_ENV is production";', ""],
    [productionWithoutKeys, productionWithAutoKeys, productionWithFiles],
  ),
  mutantOf(
    "PROJO_TOKEN_KEYS=auto is rejected in production",
    [settingsFile, '(keys === "auto" && !isProduction)', 'keys === "auto"'],
    [productionWithAutoKeys],
  ),
  mutantOf(
    "PROJO_MAIL=files is rejected in production",
    [settingsFile, 'mail === "files" && isProduction', 'mail === "files" && reach === ""'],
    [productionWithFiles],
  ),
  mutantOf(
    "the owner's login is rejected in production",
    [settingsFile, "hasOwnerLogin\n      ?", "hasOwnerLogin && appUrl === ''\n      ?"],
    [ownerInProduction],
  ),
  mutantOf(
    "the operator's login is rejected in production",
    [settingsFile, "hasOperatorLogin\n      ?", "hasOperatorLogin && appUrl === ''\n      ?"],
    [operatorInProduction],
  ),
  mutantOf(
    "the login for backups is rejected in production",
    [settingsFile, "hasBackupLogin\n      ?", "hasBackupLogin && appUrl === ''\n      ?"],
    [backupInProduction],
  ),
  mutantOf(
    "mailed links require HTTPS in production",
    [settingsFile, "appUrl !== null && !isEncrypted(appUrl)", "appUrl === '' && !isEncrypted(appUrl)"],
    [plainLinks],
  ),
  mutantOf(
    "a remote Redis requires TLS",
    [
      "apps/api/src/config/parse-redis-url.ts",
      'if (!isEncrypted && url.search === "" && !isLoopback(url.hostname)) return null;',
      "",
    ],
    [plainRedis],
  ),
  mutantOf(
    "a password for a remote mail server requires TLS",
    [
      "apps/api/src/mail/smtp-address.ts",
      'if (tls === "off" && !isLoopback && username !== "") return null;',
      "",
    ],
    [plainSmtp],
  ),
  mutantOf(
    "a world-writable secret file is rejected",
    ["packages/db/src/login/secret-of.ts", "(facts.mode & 0o002) !== 0", "(facts.mode & 0o002) === -1"],
    [writableKeys],
  ),
  mutantOf(
    "a server rejects an operator's login",
    ["packages/db/src/login/check-login.ts", "if (operator) {", "if (operator && !system) {"],
    [servesAsOperator],
  ),
  mutantOf(
    "options that change the server's settings are rejected",
    [
      "packages/db/src/login/address/address-parameters.ts",
      "if (isServerSetting(setting)) {",
      "if (isServerSetting(setting) && text === null) {",
    ],
    [withoutTimeLimits],
  ),
  mutantOf(
    "each new connection checks its settings",
    [
      "packages/db/src/pool/open-pool.ts",
      "if (client instanceof BoundedClient) client.checkSettings(part.kind, durability);",
      "",
    ],
    [servesWithoutTriggers],
  ),
  mutantOf(
    "a server in production requires that PostgreSQL keeps acknowledged writes",
    [
      "apps/api/src/runtime/database.ts",
      "durability: isProduction && lossAccepted",
      "durability: lossAccepted !== lossAccepted && lossAccepted",
    ],
    [losesWrites],
  ),
  mutantOf(
    "weak keys are rejected where other machines can reach the server",
    [settingsFile, "if (weakness === null) return [];", "if (weakness !== '') return [];"],
    [zeroKey, repeatedKey, countedKey, paddedKey, passwordKey, wordKey],
  ),
  mutantOf(
    "a key that counts is weak",
    [weaknessFile, "if (isCounting(key)) return", "if (isCounting(key) && period !== null) return"],
    [countedKey],
  ),
  mutantOf(
    "a key with few different bytes is weak",
    [weaknessFile, "if (distinct < FEWEST_BYTES)", "if (distinct < 3)"],
    [paddedKey],
  ),
  mutantOf(
    "a key that decodes to text is weak",
    [weaknessFile, "if (isText(key)) return", "if (isText(key) && period !== null) return"],
    [passwordKey],
  ),
  mutantOf(
    "a key of letters in one case is weak",
    [weaknessFile, "return isWords(encoded)", "return isWords(encoded) && period !== null"],
    [wordKey],
  ),
  mutantOf(
    "production requires TLS to a remote PostgreSQL",
    [plainFile, "databaseUrl.target.ssl === false && !databaseUrl.isLocal", "databaseUrl.host === ''"],
    [plainDatabase],
  ),
  mutantOf(
    "production requires TLS to a remote Redis",
    [plainFile, 'return protocol === "redis:" && !isLoopback(hostname);', "return protocol === hostname;"],
    [plainRedisInProduction],
  ),
  mutantOf(
    "production requires TLS to a remote mail server",
    [plainFile, 'smtp.tls === "off" && !isLoopback(smtp.host)', 'smtp.host === ""'],
    [plainSmtpInProduction],
  ),
  mutantOf(
    "production verifies certificates",
    [plainFile, "acceptsAnyCertificate\n      ?", "acceptsAnyCertificate && redisUrl === ''\n      ?"],
    [anyCertificate],
  ),
  mutantOf(
    "unknown settings are rejected in production",
    [
      "apps/api/src/config/combination-problems.ts",
      "    return isProduction\n",
      "    return isProduction && env === null\n",
    ],
    [unknownSetting],
  ),
  mutantOf(
    "misspelt settings are rejected in every mode",
    [
      "apps/api/src/config/combination-problems.ts",
      "if (unknown.meant !== null) return misspeltProblem(unknown);",
      "if (unknown.meant !== null && isProduction) return misspeltProblem(unknown);",
    ],
    [misspeltMode],
  ),
];
