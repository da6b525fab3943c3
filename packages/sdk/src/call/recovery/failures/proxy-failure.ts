// Explains a failure on the way to the proxy. Certificates and the handshake are those of the proxy, if the way to it uses TLS.
import type { ConnectionFailure } from "../../../errors.ts";

interface Subject {
  /** The origin of the proxy, without its credentials. */
  readonly proxy: string;
  readonly baseUrl: string;
  readonly code: string | undefined;
}

/** What happened, in one sentence. Undefined for a failure after the way to the proxy. */
export function describeProxy(
  failure: ConnectionFailure,
  { proxy, baseUrl, code }: Subject,
): string | undefined {
  const by = code === undefined ? "" : ` (${code})`;
  switch (failure) {
    case "proxy_unreachable":
      return `Cannot reach the proxy ${proxy} on the way to ${baseUrl}${by}.`;
    case "proxy_refused":
      if (code === "PROXY_UNSUPPORTED") return `The proxy ${proxy} is not an http or https URL.`;
      return `The proxy ${proxy} refused the connection to ${baseUrl}${by}.`;
    case "not_tls":
      return `The proxy ${proxy} does not speak TLS${by}.`;
    case "tls_failed":
      return `The TLS handshake with the proxy ${proxy} failed${by}.`;
    case "certificate_untrusted":
      return `The certificate of the proxy ${proxy} is not from a certificate authority that this program trusts${by}.`;
    case "certificate_expired":
      return code === "CERT_NOT_YET_VALID"
        ? `The certificate of the proxy ${proxy} is not valid yet${by}.`
        : `The certificate of the proxy ${proxy} has expired${by}.`;
    case "certificate_of_another_host":
      return `The certificate of the proxy ${proxy} is for another host name${by}.`;
    default:
      return undefined;
  }
}

/** What to do, in one sentence. */
export const proxyAdviceFor = (failure: ConnectionFailure, code: string | undefined): string =>
  advice[failure]?.(code) ?? "Check the proxy.";

const advice: Partial<Record<ConnectionFailure, (code: string | undefined) => string>> = {
  proxy_unreachable: () =>
    "Check HTTPS_PROXY and HTTP_PROXY, or add the host of the server to NO_PROXY if it needs no proxy.",
  proxy_refused: (code) =>
    refusals[code ?? ""] ??
    "Ask the operator of the proxy to allow this host and port, or add the host to NO_PROXY if it needs no proxy.",
  not_tls: () => "Check the port of the proxy, or begin its URL with http:// if it has no TLS.",
  tls_failed: () => "Check the TLS settings of the proxy, and whether it requires a client certificate.",
  certificate_untrusted: () =>
    "If this certificate is expected, set NODE_EXTRA_CA_CERTS to the file of its certificate authority before the program starts.",
  certificate_expired: () => "Renew the certificate, or correct the clock of this machine.",
  certificate_of_another_host: () => "Set the URL of the proxy to a host name of the certificate.",
};

const refusals: Readonly<Record<string, string>> = {
  PROXY_STATUS_407: "Put the user name and the password into the URL of the proxy, percent-encoded.",
  PROXY_STATUS_502: "Check the host and the port in baseUrl: the proxy cannot reach them.",
  PROXY_STATUS_503: "Check the host and the port in baseUrl: the proxy cannot reach them.",
  PROXY_STATUS_504: "Check the host and the port in baseUrl: the proxy cannot reach them.",
  PROXY_UNSUPPORTED: "Set HTTPS_PROXY or HTTP_PROXY to the http or https URL of a proxy.",
};
