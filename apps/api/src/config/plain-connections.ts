// Finds connections to other machines that are not encrypted, or whose peer is not verified. A server in production refuses
// them, also where the address itself asks for one.
import type { PostgresAddress } from "@projostack/db";
import type { SmtpAddress } from "../mail/smtp-address.ts";
import { isLoopback } from "./is-loopback.ts";

export interface Connections {
  readonly databaseUrl: PostgresAddress | null;
  /** The standby that may answer reads; null without one. */
  readonly replicaUrl: PostgresAddress | null;
  readonly redisUrl: string | null;
  readonly smtp: SmtpAddress | null;
  /** Whether NODE_TLS_REJECT_UNAUTHORIZED switches the verification of certificates off. */
  readonly acceptsAnyCertificate: boolean;
}

export function plainConnections({
  databaseUrl,
  replicaUrl,
  redisUrl,
  smtp,
  acceptsAnyCertificate,
}: Connections): (string | null)[] {
  return [
    databaseUrl !== null && databaseUrl.target.ssl === false && !databaseUrl.isLocal
      ? `DATABASE_URL has sslmode=disable, and PROJO_ENV is production: others on the network can read and change the data of ${databaseUrl.host}. Remove sslmode=disable, and set sslrootcert if the certificate is of a private authority (docs/database.md#tls).`
      : null,
    replicaUrl !== null && replicaUrl.target.ssl === false && !replicaUrl.isLocal
      ? `PROJO_DATABASE_REPLICA_URL has sslmode=disable, and PROJO_ENV is production: others on the network can read the data of ${replicaUrl.host}. Remove sslmode=disable, and set sslrootcert if the certificate is of a private authority (docs/database.md#tls).`
      : null,
    redisUrl !== null && isPlainRedis(redisUrl)
      ? "REDIS_URL has tls=off, and PROJO_ENV is production: others on the network can read its password and change the limits. Use rediss:// (docs/configuration.md#tls)."
      : null,
    smtp !== null && smtp.tls === "off" && !isLoopback(smtp.host)
      ? "PROJO_SMTP_URL has tls=off, and PROJO_ENV is production: others on the network can read mailed links, which open accounts. Use smtps://, or smtp:// without tls=off, which requires STARTTLS (docs/configuration.md#tls)."
      : null,
    acceptsAnyCertificate
      ? "NODE_TLS_REJECT_UNAUTHORIZED is 0, and PROJO_ENV is production: every connection would accept any certificate. Remove it, and name a private authority in NODE_EXTRA_CA_CERTS (docs/configuration.md#tls)."
      : null,
  ];
}

function isPlainRedis(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "redis:" && !isLoopback(hostname);
}
