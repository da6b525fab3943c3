// Explains why `fetch` failed: what happened, what to do, and whether the request can have reached the server. Runtimes report
// this in codes only. The rest of their errors may contain the request's headers, so nothing else of them is in the message.
import type { ConnectionFailure } from "../../../errors.ts";
import { ProjoConnectionError } from "../given.ts";
import { describeProxy, proxyAdviceFor } from "./proxy-failure.ts";
import { safeCause } from "./safe-cause.ts";

export interface FailedRequest {
  readonly operation: string;
  readonly baseUrl: string;
  /** True for a query, and for a mutation whose repetition has no further effect. */
  readonly isRepeatable: boolean;
  /** Texts that must not appear in the error. */
  readonly secrets: readonly string[];
}

export function connectionError(error: unknown, request: FailedRequest): ProjoConnectionError {
  const { operation, baseUrl, isRepeatable, secrets } = request;
  const { code, phase, proxy } = detailsOf(error);
  const failure = failureOf(code, { phase, hasProxy: proxy !== undefined });
  const mayHaveBeenCarriedOut = !isRepeatable && afterSending.has(failure);
  const atProxy = proxy === undefined ? undefined : describeProxy(failure, { proxy, baseUrl, code });
  const what = atProxy ?? describe(failure, { baseUrl, isRepeatable, code });
  const next = atProxy === undefined ? adviceFor(failure, baseUrl) : proxyAdviceFor(failure, code);
  return new ProjoConnectionError(mayHaveBeenCarriedOut ? what : `${what} ${next}`, {
    operation,
    code: "CONNECTION_FAILED",
    failure,
    systemCode: code,
    mayHaveBeenCarriedOut,
    cause: safeCause(error, secrets),
  });
}

/** The failures after which the request may have reached the server. All others happen before it is sent. */
const afterSending: ReadonlySet<ConnectionFailure> = new Set([
  "connection_lost",
  "response_damaged",
  "unknown",
]);

interface Details {
  readonly code: string | undefined;
  /** The step that failed before the request was sent. Undefined when the error does not name one. */
  readonly phase: "connect" | "handshake" | undefined;
  /** The origin of the proxy, without its credentials. */
  readonly proxy: string | undefined;
}

function detailsOf(error: unknown): Details {
  const found = chainOf(error);
  const field = (name: string) =>
    found.map((from) => from[name]).find((value): value is string => typeof value === "string");
  const codes = found
    .map(({ code }) => (typeof code === "string" && /^[A-Z][A-Z0-9_]*$/.test(code) ? code : ""))
    .filter((code) => code !== "");
  return {
    // A wrapper of fetch may put a code of its own around that of the system. The Fetch standard blocks the ports of some
    // protocols, and the error of Node.js for that has no code.
    code:
      codes.find((code) => failures[code] !== undefined) ??
      codes[0] ??
      (found.some(({ message }) => message === "bad port") ? "BAD_PORT" : undefined),
    phase: phaseOf(found, field("syscall")),
    proxy: field("proxy"),
  };
}

/** Returns the error and its causes, the outermost first. */
function chainOf(error: unknown): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  for (let next = error; isObject(next) && found.length < 5; next = next["cause"]) found.push(next);
  return found;
}

function phaseOf(found: readonly Record<string, unknown>[], syscall: string | undefined): Details["phase"] {
  // If several addresses were tried, the errors of all of them are in an AggregateError.
  if (syscall === "connect" || found.some(({ errors }) => Array.isArray(errors))) return "connect";
  // Node.js adds the address to the error of a connection that closes before the end of the TLS handshake.
  const isHandshake = found.some((from) => from["code"] === "ECONNRESET" && "host" in from && "port" in from);
  return syscall === undefined && isHandshake ? "handshake" : undefined;
}

function failureOf(
  code: string | undefined,
  { phase, hasProxy }: Pick<Details, "phase"> & { hasProxy: boolean },
): ConnectionFailure {
  if (code === undefined) return "unknown";
  if (code.startsWith("PROXY_")) return "proxy_refused";
  const known = failures[code];
  if (hasProxy && (known === "unreachable" || known === "unknown_host" || known === "not_http"))
    return "proxy_unreachable";
  if (known !== undefined) return known;
  if (code.startsWith("CERT_")) return "certificate_untrusted";
  if (/^(?:Z_|HPE_|ERR_BROTLI|ERR__)/.test(code)) return "response_damaged";
  if (phase === "handshake" || code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_"))
    return "tls_failed";
  if (phase === "connect") return hasProxy ? "proxy_unreachable" : "unreachable";
  return "connection_lost";
}

const failures: Readonly<Record<string, ConnectionFailure>> = {
  ECONNREFUSED: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  UND_ERR_CONNECT_TIMEOUT: "unreachable",
  ENOTFOUND: "unknown_host",
  EAI_AGAIN: "unknown_host",
  EAI_FAIL: "unknown_host",
  BAD_PORT: "port_blocked",
  HPE_INVALID_CONSTANT: "not_http",
  ERR_SSL_WRONG_VERSION_NUMBER: "not_tls",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "not_tls",
  EPROTO: "not_tls",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificate_untrusted",
  SELF_SIGNED_CERT_IN_CHAIN: "certificate_untrusted",
  UNABLE_TO_GET_ISSUER_CERT: "certificate_untrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificate_untrusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate_untrusted",
  CERT_HAS_EXPIRED: "certificate_expired",
  CERT_NOT_YET_VALID: "certificate_expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate_of_another_host",
};

interface Subject {
  readonly baseUrl: string;
  readonly isRepeatable: boolean;
  readonly code: string | undefined;
}

/** What happened, in one sentence. */
function describe(failure: ConnectionFailure, { baseUrl, code, isRepeatable }: Subject): string {
  const by = code === undefined ? "" : ` (${code})`;
  switch (failure) {
    case "unreachable":
      return `Cannot reach ${baseUrl}${by}.`;
    case "unknown_host":
      if (code === "EAI_AGAIN") return `The DNS does not answer for the host of ${baseUrl}${by}.`;
      return `There is no address for the host of ${baseUrl}${by}.`;
    case "port_blocked":
      return `The port of ${baseUrl} belongs to another protocol, so fetch does not use it.`;
    case "not_http":
      return `The program at ${baseUrl} does not speak HTTP${by}.`;
    case "not_tls":
      return `The program at ${baseUrl} does not speak TLS${by}.`;
    case "tls_failed":
      return `The TLS handshake with ${baseUrl} failed${by}.`;
    case "certificate_untrusted":
      return `The certificate of ${baseUrl} is not from a certificate authority that this program trusts${by}.`;
    case "certificate_expired":
      return code === "CERT_NOT_YET_VALID"
        ? `The certificate of ${baseUrl} is not valid yet${by}.`
        : `The certificate of ${baseUrl} has expired${by}.`;
    case "certificate_of_another_host":
      return `The certificate of ${baseUrl} is for another host name${by}.`;
    case "response_damaged":
      return `The response of ${baseUrl} is damaged${by}.`;
    case "connection_lost":
      return `The connection to ${baseUrl} was lost before the response was complete${by}.`;
    default:
      return isRepeatable
        ? `Cannot reach ${baseUrl}.`
        : `Cannot reach ${baseUrl}, or the connection was lost before the response was complete.`;
  }
}

/** What to do, in one sentence or two. */
function adviceFor(failure: ConnectionFailure, baseUrl: string): string {
  if (failure === "connection_lost")
    return baseUrl.startsWith("http:")
      ? "Repeat the call. If it fails again, check whether the server expects an https URL."
      : "Repeat the call.";
  return advice[failure]?.() ?? "Check that the server is running and that baseUrl is correct.";
}

const advice: Partial<Record<ConnectionFailure, () => string>> = {
  unknown_host: () => "Check the host name in baseUrl, and the DNS of this network.",
  port_blocked: () => "Check the port in baseUrl.",
  not_http: () => "Check the port in baseUrl.",
  not_tls: () => "Check the port in baseUrl, or use an http URL if the server has no TLS.",
  response_damaged: () => "Check the proxies between this program and the server.",
  tls_failed: () => "Check the TLS settings of the server, and whether it requires a client certificate.",
  certificate_untrusted: () =>
    "If this certificate is expected, set NODE_EXTRA_CA_CERTS to the file of its certificate authority before the program starts.",
  certificate_expired: () => "Renew the certificate, or correct the clock of this machine.",
  certificate_of_another_host: () => "Set baseUrl to a host name of the certificate.",
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
