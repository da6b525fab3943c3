// What the server must not do where others reach it: print links, serve with unsafe settings, or serve by an operator's login.
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, eventually, type TestServer } from "../../../kit/index.ts";
import { stranger } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

const keys = { PROJO_TOKEN_KEYS: `1:${Buffer.alloc(32, 7).toString("base64url")}` };
const mail = {
  PROJO_SMTP_URL: "smtps://user:secret@mail.example.com",
  PROJO_MAIL_FROM: "mail@example.com",
  PROJO_APP_URL: "https://app.example.com",
};
const remote = { DATABASE_URL: "postgres://projo_server:secret@db.example.com/projo" };
const production = { PROJO_ENV: "production" };

const readsLink: Attack = {
  says: "somebody finds a link that resets a password in the output of a server at no terminal",
  tryOn: async (server) => {
    const { email } = await stranger(server);
    await call(server.url, "password.requestReset", { input: { email } });
    const announced = () => server.announced.filter((line) => line.includes(email));
    await eventually(() => announced().length > 0);
    return announced().some((line) => line.includes("#token="));
  },
};

const starts = (says: string, envOf: (server: TestServer) => Readonly<Record<string, string>>): Attack => ({
  says,
  tryOn: (server) => Promise.resolve(server.problemOf(envOf(server)) === null),
});

const remoteWithoutKeys = starts("a server on a remote database makes its own keys", () => ({
  ...remote,
  ...mail,
}));
const remoteWithoutMail = starts("a server on a remote database writes mail to files", () => ({
  ...remote,
  ...keys,
}));
const openWithoutKeys = starts("a server on all addresses makes its own keys", () => ({
  HOST: "0.0.0.0",
  ...mail,
}));
const openWithoutMail = starts("a server on all addresses writes mail to files", () => ({
  HOST: "0.0.0.0",
  ...keys,
}));
const productionWithoutKeys = starts("a server in production makes its own keys", () => ({
  ...production,
  ...mail,
}));
const productionWithAutoKeys = starts("a server in production is asked to make its own keys", () => ({
  ...production,
  ...mail,
  PROJO_TOKEN_KEYS: "auto",
}));
const productionWithFiles = starts("a server in production is asked to write mail to files", () => ({
  ...production,
  ...keys,
  PROJO_MAIL: "files",
}));
const productionWith = (says: string, env: Readonly<Record<string, string>>): Attack =>
  starts(says, () => ({ ...production, ...remote, ...keys, ...mail, ...env }));
const ownerInProduction = productionWith("a server in production holds the owner's login", {
  PROJO_DATABASE_OWNER_URL: "postgres://owner:secret@db.example.com/projo",
});
const operatorInProduction = productionWith("a server in production holds the operator's login", {
  PROJO_OPERATOR_DATABASE_URL: "postgres://operator:secret@db.example.com/projo",
});
const plainLinks = productionWith("a server in production mails links over plain HTTP", {
  PROJO_APP_URL: "http://app.example.com",
});
const plainRedis = starts("a server sends the password of a remote Redis in the clear", () => ({
  REDIS_URL: "redis://:secret@redis.example.com",
}));
const plainSmtp = starts("a server sends the password of a remote mail server in the clear", () => ({
  ...mail,
  PROJO_SMTP_URL: "smtp://user:secret@mail.example.com?tls=off",
}));
const openKeys = starts("a server reads its keys from a file that everybody may write", ({ dataDir }) => {
  const file = join(dataDir, "open-keys");
  writeFileSync(file, keys.PROJO_TOKEN_KEYS);
  chmodSync(file, 0o666);
  return { PROJO_TOKEN_KEYS_FILE: file };
});

const byOperator: Attack = {
  says: "a server serves by the operator's login",
  tryOn: (server) => server.canServe(server.database.operatorUrl),
};

const unsafe = "apps/api/src/config/unsafe-settings.ts";
const without = (
  says: string,
  [file, text, instead]: readonly [file: string, text: string, instead: string],
  works: readonly Attack[],
): Mutant => ({ without: [guard(says, file, [text, instead])], works });

export const productionDefaults: readonly Mutant[] = [
  without(
    "links are printed at a terminal only",
    ["apps/api/src/server.ts", "showsLinks: isTerminal && isLocal", "showsLinks: isLocal"],
    [readsLink],
  ),
  without(
    "the line about a mail names its file where links are not shown",
    ["apps/api/src/mail/file-transport.ts", "showsLinks && mail.link !== null", "mail.link !== null"],
    [readsLink],
  ),
  without(
    "a remote database is reached by more than this machine",
    [unsafe, "if (databaseUrl !== null && !databaseUrl.isLocal)", "if (databaseUrl?.host === '')"],
    [remoteWithoutKeys, remoteWithoutMail],
  ),
  without(
    "so is a server that does not listen on loopback",
    [unsafe, "return isLoopback(host) ? null", "return isLoopback(host) || host !== '' ? null"],
    [openWithoutKeys, openWithoutMail],
  ),
  without(
    "and every server in production",
    [unsafe, 'if (isProduction) return "PROJO_ENV is production";', ""],
    [productionWithoutKeys, productionWithAutoKeys, productionWithFiles],
  ),
  without(
    "PROJO_TOKEN_KEYS=auto is not for production",
    [unsafe, '(keys === "auto" && !isProduction)', 'keys === "auto"'],
    [productionWithAutoKeys],
  ),
  without(
    "PROJO_MAIL=files is not for production",
    [unsafe, 'mail === "files" && isProduction', 'mail === "files" && reach === ""'],
    [productionWithFiles],
  ),
  without(
    "the owner's login is not the server's in production",
    [unsafe, "hasOwnerLogin\n      ?", "hasOwnerLogin && appUrl === ''\n      ?"],
    [ownerInProduction],
  ),
  without(
    "nor is the operator's",
    [unsafe, "hasOperatorLogin\n      ?", "hasOperatorLogin && appUrl === ''\n      ?"],
    [operatorInProduction],
  ),
  without(
    "mailed links are encrypted in production",
    [unsafe, "appUrl !== null && !isEncrypted(appUrl)", "appUrl === '' && !isEncrypted(appUrl)"],
    [plainLinks],
  ),
  without(
    "a remote Redis is spoken to over TLS",
    [
      "apps/api/src/config/redis-address.ts",
      'if (!isEncrypted && url.search === "" && !isLoopback(url.hostname)) return null;',
      "",
    ],
    [plainRedis],
  ),
  without(
    "a password leaves the machine over TLS only",
    [
      "apps/api/src/mail/smtp-address.ts",
      'if (tls === "off" && !isLoopback && username !== "") return null;',
      "",
    ],
    [plainSmtp],
  ),
  without(
    "nobody else writes a secret's file",
    ["packages/db/src/login/secret-of.ts", "(facts.mode & 0o002) !== 0", "(facts.mode & 0o002) === -1"],
    [openKeys],
  ),
  without(
    "no server serves by an operator's login",
    ["packages/db/src/login/check-login.ts", "if (operator) {", "if (operator && !system) {"],
    [byOperator],
  ),
];
