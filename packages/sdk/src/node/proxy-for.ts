// Selects the proxy of a request from the environment, by the conventions of curl: the lower-case name of a variable has
// precedence, and an empty variable is not set.
import { parseUrl, type Environment } from "./runtime.ts";

/** The proxy of a request. The URL may contain a password, so only the origin is shown. */
export interface Proxy {
  readonly protocol: "http:" | "https:";
  readonly host: string;
  readonly port: string;
  readonly origin: string;
  /** The decoded user name and password, joined by a colon. Undefined when the URL has none. */
  readonly credentials: string | undefined;
}

/** Returns the proxy for the URL, or undefined when the request needs none. @throws Error with a code and no URL */
export function proxyFor(url: string, env: Environment): Proxy | undefined {
  const target = parseUrl(url);
  const names = target.protocol === "https:" ? ["https_proxy", "all_proxy"] : ["http_proxy", "all_proxy"];
  const name = names.flatMap((lower) => [lower, lower.toUpperCase()]).find((each) => isUsable(each, env));
  const text = name === undefined ? undefined : env[name]?.trim();
  if (name === undefined || !text) return undefined;
  const noProxy = env["no_proxy"] || env["NO_PROXY"] || "";
  if (isExempt({ host: bareHost(target.hostname), port: portOf(target) }, noProxy)) return undefined;
  return parseProxy(text, name);
}

/** A web server passes the header `Proxy` of a client to a CGI program as HTTP_PROXY (CVE-2016-5385). */
function isUsable(name: string, env: Environment): boolean {
  return Boolean(env[name]?.trim()) && !(name === "HTTP_PROXY" && env["REQUEST_METHOD"] !== undefined);
}

function parseProxy(text: string, name: string): Proxy {
  const url = parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (!url || url.hostname === "" || (url.protocol !== "http:" && url.protocol !== "https:")) {
    const error = new Error("The proxy is not an http or https URL.");
    throw Object.assign(error, { code: "PROXY_UNSUPPORTED", proxy: `in ${name}` });
  }
  const { protocol, origin, username, password } = url;
  const credentials =
    username === "" && password === "" ? undefined : `${decode(username)}:${decode(password)}`;
  return { protocol, host: bareHost(url.hostname), port: portOf(url), origin, credentials };
}

function parse(text: string) {
  try {
    return parseUrl(text);
  } catch {
    // Drop the runtime's error: its message quotes the text, which may contain a password.
    return undefined;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A password with a percent sign that is not percent-encoded.
    return text;
  }
}

/**
 * Returns true when the list names the host. The list has names, which also match their subdomains, addresses, ranges such as
 * `10.0.0.0/8`, and `*`, each with an optional port. Separators are commas and spaces.
 */
function isExempt(target: { host: string; port: string }, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => matches(target, entry));
}

function matches({ host, port }: { host: string; port: string }, entry: string): boolean {
  if (entry === "*") return true;
  const [, bracketed, named, entryPort] = /^(?:\[(.+)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
  const name = bracketed ?? named ?? entry;
  if (entryPort !== undefined && entryPort !== port) return false;
  if (name.includes("/")) return isInRange(host, name);
  const suffix = name.replace(/^\*?\./, "");
  return host === suffix || (!isAddress(host) && host.endsWith(`.${suffix}`));
}

const isAddress = (host: string): boolean => host.includes(":") || /^\d+(?:\.\d+){3}$/.test(host);

/** Returns true when the IPv4 address is in the range, such as `10.0.0.0/8`. */
function isInRange(host: string, range: string): boolean {
  const [network = "", bits = ""] = range.split("/");
  const [address, start, length] = [numberOf(host), numberOf(network), Number(bits)];
  if (address === undefined || start === undefined || !(length >= 0 && length <= 32)) return false;
  const size = 2 ** (32 - length);
  return Math.floor(address / size) === Math.floor(start / size);
}

function numberOf(address: string): number | undefined {
  if (!/^\d+(?:\.\d+){3}$/.test(address)) return undefined;
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

const bareHost = (hostname: string): string => hostname.replace(/^\[|\]$/g, "").toLowerCase();

const portOf = ({ port, protocol }: { port: string; protocol: string }): string =>
  port === "" ? (protocol === "https:" ? "443" : "80") : port;
