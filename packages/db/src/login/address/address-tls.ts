// The TLS parameters of an address. pg and libpq interpret sslmode differently, and pg's next version changes its
// interpretation, so this file defines it: a connection to another machine uses TLS and verifies the server, unless the address
// contains sslmode=disable.
import { readFileSync } from "node:fs";
import { createSecureContext, type ConnectionOptions } from "node:tls";
import { PostgresAddressError } from "./address-error.ts";

export interface Endpoint {
  readonly isSocket: boolean;
  readonly isLocal: boolean;
}

type Parameters = ReadonlyMap<string, string>;

/** @throws PostgresAddressError */
export function tlsOf(parameters: Parameters, { isSocket, isLocal }: Endpoint): false | ConnectionOptions {
  const mode = parameters.get("sslmode");
  if (mode !== undefined && !MODES.has(mode)) {
    throw new PostgresAddressError(
      "has an sslmode that does not exist: use verify-full, verify-ca with sslrootcert, or disable for a network that you trust",
    );
  }
  // PostgreSQL does not support TLS on a unix socket.
  if (isSocket || mode === "disable") return false;
  const ca = authorityOf(parameters);
  const files = { ...(ca !== undefined && { ca }), ...clientCertificateOf(parameters) };
  const verified = { ...files, minVersion: minVersionOf(parameters), rejectUnauthorized: true } as const;
  switch (mode) {
    case undefined:
      return isLocal && Object.keys(files).length === 0 ? false : verified;
    // Hosting services use `require` in their addresses. Here it verifies the server as verify-full does.
    case "require":
    case "verify-full":
      return verified;
    case "verify-ca":
      if (ca === undefined) {
        throw new PostgresAddressError(
          "has sslmode=verify-ca without sslrootcert, which would accept any public certificate authority. Set sslrootcert to the authority's file, or use sslmode=verify-full",
        );
      }
      // In this mode the certificate authority identifies the server, so the host name is not checked.
      return { ...verified, checkServerIdentity: () => undefined };
    default:
      throw new PostgresAddressError(
        "has an sslmode that does not verify the server: use verify-full, verify-ca with sslrootcert, or disable for a network that you trust",
      );
  }
}

const MODES: ReadonlySet<string> = new Set([
  "disable",
  "allow",
  "prefer",
  "require",
  "verify-ca",
  "verify-full",
  "no-verify",
]);

function authorityOf(parameters: Parameters): string | undefined {
  // The authorities of Node.js, as libpq uses those of the system.
  if (parameters.get("sslrootcert") === "system") return undefined;
  return fileOf(parameters, "sslrootcert", "CERTIFICATE");
}

/** Reads the client certificate and its key, and checks that they belong together. */
function clientCertificateOf(parameters: Parameters): ConnectionOptions {
  const cert = fileOf(parameters, "sslcert", "CERTIFICATE");
  const key = fileOf(parameters, "sslkey", "PRIVATE KEY");
  const passphrase = parameters.get("sslpassword");
  if (cert === undefined && key === undefined) return {};
  if (cert === undefined || key === undefined) {
    throw new PostgresAddressError(
      cert === undefined
        ? "has sslkey without sslcert: name the file of the client certificate as sslcert"
        : "has sslcert without sslkey: name the file of its private key as sslkey",
    );
  }
  if (passphrase === undefined && /ENCRYPTED/.test(key)) {
    throw new PostgresAddressError("has an sslkey that is encrypted: add its passphrase as sslpassword");
  }
  const certificate = { cert, key, ...(passphrase !== undefined && { passphrase }) };
  try {
    createSecureContext(certificate);
  } catch (error) {
    throw new PostgresAddressError(clientCertificateProblem(error, passphrase !== undefined));
  }
  return certificate;
}

function clientCertificateProblem(error: unknown, hasPassphrase: boolean): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ERR_OSSL_X509_KEY_VALUES_MISMATCH") {
    return "has an sslkey that does not belong to its sslcert: name the key of that certificate";
  }
  return hasPassphrase
    ? `has an sslkey that sslpassword does not decrypt (${code || "error"}): correct sslpassword`
    : `has an sslcert or sslkey that cannot be used (${code || "error"}): both must be PEM files`;
}

function minVersionOf(parameters: Parameters): "TLSv1.2" | "TLSv1.3" {
  const version = parameters.get("ssl_min_protocol_version") ?? "TLSv1.2";
  if (version === "TLSv1.2" || version === "TLSv1.3") return version;
  throw new PostgresAddressError("has an ssl_min_protocol_version below TLSv1.2: use TLSv1.2 or TLSv1.3");
}

function fileOf(parameters: Parameters, name: string, content: string): string | undefined {
  const path = parameters.get(name);
  if (path === undefined) return undefined;
  const text = readText(path, name);
  if (!new RegExp(`-----BEGIN [A-Z ]*${content}-----`).test(text)) {
    throw new PostgresAddressError(
      `names the file ${path} as ${name}, which contains no ${content.toLowerCase()} in PEM form`,
    );
  }
  return text;
}

function readText(path: string, name: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "error";
    throw new PostgresAddressError(`names the file ${path} as ${name}, which cannot be read (${code})`);
  }
}
