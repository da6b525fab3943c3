// Certificates for tests: a private certificate authority, and servers with valid, expired and self-signed certificates.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface Certificates {
  /** The certificate of the private authority, in PEM form. */
  readonly ca: string;
  readonly caFile: string;
  /** For localhost and 127.0.0.1, from the authority. */
  readonly valid: Certificate;
  readonly expired: Certificate;
  /** For other.example, from the authority. */
  readonly otherHost: Certificate;
  readonly selfSigned: Certificate;
  remove(): void;
}

export function makeCertificates(): Certificates {
  const directory = mkdtempSync(join(tmpdir(), "projo-certificates-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "pipe", cwd: directory });
  const pair = (name: string): Certificate => ({
    key: readFileSync(join(directory, `${name}.key`), "utf8"),
    cert: readFileSync(join(directory, `${name}.pem`), "utf8"),
  });
  const keyed = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...keyed,
    "-subj",
    "/CN=Test CA",
    "-days",
    "30",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
  );
  const sign = (name: string, altNames: string, validity: readonly string[]) => {
    openssl("req", ...keyed, "-subj", `/CN=${name}`, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    writeFileSync(join(directory, `${name}.ext`), `subjectAltName=${altNames}`);
    const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", `${name}.ext`];
    openssl("x509", "-req", "-in", `${name}.csr`, ...signing, ...validity, "-out", `${name}.pem`);
    return pair(name);
  };
  const local = "DNS:localhost,IP:127.0.0.1,IP:::1";
  const valid = sign("valid", local, ["-days", "30"]);
  // openssl x509 takes no negative number of days in all versions, but 0 days end at once.
  const expired = sign("expired", local, ["-days", "0"]);
  const otherHost = sign("other", "DNS:other.example", ["-days", "30"]);
  const subject = ["-subj", "/CN=localhost", "-addext", `subjectAltName=${local}`];
  openssl("req", "-x509", ...keyed, ...subject, "-days", "30", "-keyout", "self.key", "-out", "self.pem");
  return {
    ca: readFileSync(join(directory, "ca.pem"), "utf8"),
    caFile: join(directory, "ca.pem"),
    valid,
    expired,
    otherHost,
    selfSigned: pair("self"),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
