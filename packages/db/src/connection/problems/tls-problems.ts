// Failures of TLS, of certificates and of channel binding.
import type { ConnectionProblem } from "./connection-problem-row.ts";

export const tlsProblems: readonly ConnectionProblem[] = [
  {
    cause: "PostgreSQL has no TLS",
    text: /server does not support SSL connections/,
    says: "PostgreSQL speaks no TLS there",
    next: "Switch it on, or put sslmode=disable for a network that you trust (docs/database.md#tls).",
    isComplete: true,
  },
  {
    cause: "TLS could not begin",
    text: /error establishing an SSL connection/,
    says: "the service there could not begin TLS",
    next: "Correct the host and port, and see PostgreSQL's log.",
  },
  {
    cause: "the server's certificate has another host name",
    codes: ["ERR_TLS_CERT_ALTNAME_INVALID"],
    says: "the certificate of PostgreSQL is for another host name",
    next: "Use a host name of the certificate, or sslmode=verify-ca with sslrootcert (docs/database.md#tls).",
  },
  {
    cause: "the server's certificate is not valid now",
    codes: ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"],
    says: "the certificate of PostgreSQL was not accepted",
    next: "Renew the certificate, or correct the clock of this machine.",
  },
  {
    cause: "the server's certificate is not trusted",
    codes: [
      "CERT_REJECTED",
      "CERT_REVOKED",
      "CERT_SIGNATURE_FAILURE",
      "CERT_UNTRUSTED",
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "INVALID_CA",
      "INVALID_PURPOSE",
      "SELF_SIGNED_CERT_IN_CHAIN",
      "UNABLE_TO_GET_ISSUER_CERT",
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    ],
    says: "the certificate of PostgreSQL was not accepted",
    next: "Name its authority's file with sslrootcert (docs/database.md#tls).",
  },
  {
    cause: "PostgreSQL does not accept the client certificate",
    text: /alert (?:certificate required|unknown ca|bad certificate|certificate unknown|certificate expired|unsupported certificate)|requires a valid client certificate|certificate authentication failed/i,
    says: "PostgreSQL does not accept the client certificate",
    next: "Name a certificate for this user with sslcert and its key with sslkey (docs/database.md#client-certificates).",
  },
  {
    cause: "PostgreSQL has only old versions of TLS",
    text: /unsupported protocol|protocol version|version too low|wrong version number|no protocols available/i,
    says: "PostgreSQL and this server have no TLS version in common",
    next: "Set ssl_min_protocol_version = TLSv1.2 in PostgreSQL.",
  },
  {
    cause: "TLS could not begin",
    codes: /^(?:ERR_SSL_|ERR_TLS_|EPROTO)/,
    says: "the service there could not begin TLS",
    next: "Correct the host and port, and see PostgreSQL's log.",
  },
  {
    cause: "the address requires channel binding",
    codes: ["CHANNEL_NOT_BOUND"],
    says: "PostgreSQL or a pooler there offers no channel binding",
    next: "Connect to PostgreSQL itself, or remove channel_binding=require.",
    isComplete: true,
  },
];
