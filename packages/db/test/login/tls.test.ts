// TLS connections to a real PostgreSQL with a certificate of a private authority.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unprivilegedUser } from "../../src/embedded/system/unprivileged-user.ts";
import type { EmbeddedPostgres } from "../../src/embedded/index.ts";
import { openPool, readPostgresAddress, startEmbeddedPostgres } from "../../src/index.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
const needed = process.env["CI"] === "true";
if (!hasOpenssl && !needed) {
  process.stderr.write("Skipped the TLS tests: openssl is not installed. Run: apt-get install openssl\n");
}

let directory: string;
let postgres: EmbeddedPostgres | undefined;
const path = (name: string) => join(directory, name);

beforeAll(async () => {
  if (!hasOpenssl && !needed) return;
  directory = mkdtempSync(join(tmpdir(), "projo-tls-"));
  chmodSync(directory, 0o711);
  makeCertificates();
  const user = await unprivilegedUser([]);
  if (user) for (const name of ["server.key", "server.pem"]) chownSync(path(name), user.uid, user.gid);
  postgres = await startEmbeddedPostgres({
    dataDir: path("data"),
    transport: "tcp",
    settings: {
      fsync: "off",
      ssl: "on",
      ssl_cert_file: path("server.pem"),
      ssl_key_file: path("server.key"),
    },
  });
});
afterAll(async () => {
  await postgres?.stop();
  if (directory) rmSync(directory, { recursive: true, force: true });
});

/** Creates two authorities, and the server's certificate for the name localhost, signed by the first. */
function makeCertificates(): void {
  const keyed = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  for (const name of ["ca", "other"]) {
    openssl(
      "req",
      "-x509",
      ...keyed,
      "-days",
      "2",
      "-subj",
      `/CN=${name}`,
      "-keyout",
      `${name}.key`,
      "-out",
      `${name}.pem`,
    );
  }
  openssl("req", ...keyed, "-subj", "/CN=server", "-keyout", "server.key", "-out", "server.csr");
  writeFileSync(path("names"), "subjectAltName=DNS:localhost\n");
  const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "names"];
  openssl("x509", "-req", "-in", "server.csr", ...signing, "-out", "server.pem");
  chmodSync(path("server.key"), 0o600);
}

const openssl = (...args: string[]): Buffer =>
  execFileSync("openssl", args, { stdio: "pipe", cwd: directory });

/** @returns the TLS version of the connection, or the reason of its failure */
async function connect(host: string, query: string): Promise<string> {
  const { owner } = postgres ?? { owner: { port: 0, user: "", password: "" } };
  const address = readPostgresAddress(
    `postgres://${owner.user}:${owner.password}@${host}:${owner.port}/postgres?${query}`,
  );
  const pool = openPool({ target: address.target, max: 1 });
  try {
    const { rows } = await pool.query<{ version: string | null }>(
      "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
    return rows[0]?.version ?? "in the clear";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    return code || String(error);
  } finally {
    await pool.end();
  }
}

describe.skipIf(!hasOpenssl && !needed)("a connection over TLS", () => {
  it("succeeds for a certificate of the named authority and the right host name", async () => {
    for (const mode of ["sslmode=verify-full&", "sslmode=require&", "sslmode=verify-ca&", ""]) {
      expect(await connect("localhost", `${mode}sslrootcert=${path("ca.pem")}`), mode).toMatch(
        /^TLSv1\.[23]$/,
      );
    }
  });

  it("fails for a certificate of an unknown authority, before the password is sent", async () => {
    for (const mode of ["sslmode=verify-full", "sslmode=require"]) {
      expect(await connect("localhost", mode)).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET_ISSUER/);
    }
    for (const mode of ["verify-full", "verify-ca"]) {
      const other = `sslmode=${mode}&sslrootcert=${path("other.pem")}`;
      expect(await connect("localhost", other)).toMatch(
        /UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_SIGNATURE/,
      );
    }
  });

  it("fails for a certificate of another host name, except with verify-ca", async () => {
    const authority = `sslrootcert=${path("ca.pem")}`;
    expect(await connect("127.0.0.1", `sslmode=verify-full&${authority}`)).toBe(
      "ERR_TLS_CERT_ALTNAME_INVALID",
    );
    expect(await connect("127.0.0.1", `sslmode=verify-ca&${authority}`)).toMatch(/^TLSv1\.[23]$/);
  });

  it("uses no TLS on this machine unless the address requests it", async () => {
    expect(await connect("localhost", "")).toBe("in the clear");
    expect(await connect("localhost", "sslmode=disable")).toBe("in the clear");
  });
});
