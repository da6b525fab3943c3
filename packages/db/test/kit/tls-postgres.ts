// A PostgreSQL with TLS, a private certificate authority, and client certificates.
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { EmbeddedPostgres } from "../../src/embedded/index.ts";
import { unprivilegedUser } from "../../src/embedded/system/unprivileged-user.ts";
import { startEmbeddedPostgres, withOwner } from "../../src/index.ts";

export const hasOpenssl: boolean = (process.env["PATH"] ?? "")
  .split(delimiter)
  .some((directory) => existsSync(join(directory, "openssl")));

/** The reason that a skipped test shows. With CI=true the test is not skipped. */
export const noOpenssl = "openssl is not installed: apt-get install openssl";

export interface TlsPostgres {
  readonly owner: EmbeddedPostgres["owner"];
  /**
   * The path of a file: `ca.pem`, `other.pem` (another authority), `client.pem` and `client.key` (the owner's certificate),
   * `encrypted.key` (the same key with the passphrase `a passphrase`), `stranger.pem` and `stranger.key` (a certificate of the
   * other authority), `expired.pem`.
   */
  path(name: string): string;
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL on loopback with a certificate for the name localhost. Its owner signs in over TLS with a client
 * certificate, and without TLS with a password.
 * @param hba lines of pg_hba.conf before these two
 */
export async function startTlsPostgres({ hba = [] }: { hba?: readonly string[] } = {}): Promise<TlsPostgres> {
  const directory = mkdtempSync(join(tmpdir(), "projo-tls-"));
  const path = (name: string) => join(directory, name);
  chmodSync(directory, 0o711);
  makeCertificates(directory);
  const user = await unprivilegedUser([]);
  const files = ["server.key", "server.pem", "ca.pem"];
  if (user) for (const name of files) chownSync(path(name), user.uid, user.gid);
  const postgres = await startEmbeddedPostgres({
    dataDir: path("data"),
    transport: "tcp",
    settings: {
      fsync: "off",
      ssl: "on",
      ssl_cert_file: path("server.pem"),
      ssl_key_file: path("server.key"),
      ssl_ca_file: path("ca.pem"),
    },
  });
  const rules = [...hba, "hostssl all all all cert", "hostnossl all all all scram-sha-256"];
  await withOwner({ ...postgres.owner, database: "postgres" }, async (owner) => {
    const { rows } = await owner.query<{ file: string }>("SELECT current_setting('hba_file') AS file");
    writeFileSync(rows[0]?.file ?? "", `${rules.join("\n")}\n`);
    await owner.query("SELECT pg_reload_conf()");
  });
  await untilRulesApply(postgres.owner);
  return {
    owner: postgres.owner,
    path,
    stop: async () => {
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL reads its rules again shortly after the request. Then TLS needs a client certificate. */
async function untilRulesApply(owner: EmbeddedPostgres["owner"]): Promise<void> {
  const target = { ...owner, database: "postgres", ssl: { rejectUnauthorized: false } };
  for (let tries = 0; tries < 200; tries += 1) {
    const isOld = await withOwner(target, async () => true).catch(() => false);
    if (!isOld) return;
    await delay(25);
  }
  throw new Error("PostgreSQL did not read its access rules.");
}

/** The name of the owner's login, which the client certificate must have. */
const OWNER = "projo_owner";

function makeCertificates(directory: string): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe", cwd: directory });
  const keyed = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  for (const name of ["ca", "other"]) {
    const files = ["-keyout", `${name}.key`, "-out", `${name}.pem`];
    openssl("req", "-x509", ...keyed, "-days", "2", "-subj", `/CN=${name}`, ...files);
  }
  writeFileSync(join(directory, "names"), "subjectAltName=DNS:localhost\n");
  const sign = (name: string, { subject, authority }: { subject: string; authority: string }) => {
    const request = ["-keyout", `${name}.key`, "-out", `${name}.csr`];
    openssl("req", ...keyed, "-subj", `/CN=${subject}`, ...request);
    const signing = [
      "-CA",
      `${authority}.pem`,
      "-CAkey",
      `${authority}.key`,
      "-CAcreateserial",
      "-days",
      "2",
    ];
    openssl("x509", "-req", "-in", `${name}.csr`, ...signing, "-extfile", "names", "-out", `${name}.pem`);
    chmodSync(join(directory, `${name}.key`), 0o600);
  };
  sign("server", { subject: "server", authority: "ca" });
  sign("client", { subject: OWNER, authority: "ca" });
  sign("stranger", { subject: OWNER, authority: "other" });
  const encryption = ["-aes256", "-passout", "pass:a passphrase"];
  openssl("pkey", "-in", "client.key", ...encryption, "-out", "encrypted.key");
}
