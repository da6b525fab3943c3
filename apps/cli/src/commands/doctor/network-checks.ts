// The way to the server: the name, the connection, the certificate and the first request. A step whose requirement failed is left out.
import { lookup } from "node:dns/promises";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, rootCertificates, type TLSSocket } from "node:tls";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { createClient, type Fetch } from "@projostack/sdk";
import type { GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { checkServer, type ServerCheck } from "../../connection/check-server.ts";
import { networkFetch } from "../../connection/network-fetch.ts";
import { watchRequests } from "../../connection/watch-requests.ts";
import { versionFit } from "../../connection/version-fit.ts";
import { chooseAccount } from "../../credentials/choose-account.ts";
import { credentialsFile } from "../../credentials/credentials-file.ts";
import { noCredentials } from "../../credentials/credentials.ts";
import type { Io } from "../../io.ts";
import { urlSource } from "../../settings/value-source.ts";
import { version } from "../../version.ts";
import { type Check, note, ok, problem } from "./check.ts";
import { count } from "../count.ts";

const TLS = "TLS";
const TIMEOUT_MS = 5_000;
const DAY_MS = 86_400_000;
const EXPIRES_SOON_DAYS = 14;
const MAX_CLOCK_DIFFERENCE_MS = 5 * 60_000;

export async function* checkNetwork(io: Io, options: GlobalOptions): AsyncGenerator<Check> {
  let address: URL;
  let authorities: string | undefined;
  let fetch: Fetch;
  try {
    const credentials = await credentialsFile(io, () => {})
      .read()
      .catch(() => noCredentials);
    const { url, account } = chooseAccount(io, options, credentials);
    address = new URL(url);
    yield ok("Server", `${url} (${urlSource(io, options, url, account !== undefined)})`);
    authorities = await readAuthorities(io, options.caFile);
    ({ fetch } = watchRequests(io.fetch ?? (await networkFetch(io, options.caFile)), io, options));
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    yield problem("Server", "the address or its options are not valid.", error.message);
    return;
  }
  const proxy = proxyVariable(io, address);
  if (proxy === undefined) {
    for await (const check of checkDirectConnection(address, authorities)) {
      // A request fails for the same reason, and its error says what to do.
      const fix =
        check.name === TLS && check.status === "problem" ? await problemOfRequest(address, fetch) : undefined;
      yield fix === undefined ? check : { ...check, fix };
      if (check.status === "problem") return;
    }
  } else
    yield note(
      "Proxy",
      `${proxy} is set, so the connection is checked by a request only.`,
      "If the server needs no proxy, add its host to NO_PROXY.",
    );
  yield* checkRequest(address, fetch);
}

/** The variable that can name a proxy for the address. */
function proxyVariable({ env }: Io, { protocol }: URL): string | undefined {
  const names = [protocol === "https:" ? "https_proxy" : "http_proxy", "all_proxy"];
  return names.flatMap((name) => [name, name.toUpperCase()]).find((name) => env[name]);
}

/** `networkFetch` has checked the content. */
async function readAuthorities(io: Io, option: string | undefined): Promise<string | undefined> {
  await networkFetch(io, option);
  const path = option ?? io.env["PROJO_CA_FILE"];
  return path ? readFile(resolve(io.workingDirectory, path), "utf8") : undefined;
}

async function* checkDirectConnection(address: URL, authorities: string | undefined): AsyncGenerator<Check> {
  const host = address.hostname.replaceAll(/^\[|\]$/g, "");
  const port = Number(address.port || (address.protocol === "https:" ? 443 : 80));
  if (isIP(host) === 0) yield await checkName(host);
  yield await checkPort(host, port);
  if (address.protocol === "https:") yield await checkCertificate({ host, port, authorities });
}

async function checkName(host: string): Promise<Check> {
  try {
    const addresses = await lookup(host, { all: true });
    return ok("DNS", `${host} is ${addresses.map(({ address }) => address).join(", ")}`);
  } catch (error) {
    return problem(
      "DNS",
      `${host} has no address (${codeOf(error)}).`,
      "Check the host name in the address, and the DNS of this network.",
    );
  }
}

async function checkPort(host: string, port: number): Promise<Check> {
  const startedAt = performance.now();
  const failure = await connected(connectTcp({ host, port }), "connect");
  const text = `port ${port} of ${host}`;
  if (failure === undefined) return ok("TCP", `${text}, ${Math.round(performance.now() - startedAt)} ms`);
  return problem(
    "TCP",
    `${text} cannot be reached (${failure}).`,
    "Check that the server runs, the port in the address, and the firewall of this network.",
  );
}

interface Target {
  host: string;
  port: number;
  authorities: string | undefined;
}

async function checkCertificate({ host, port, authorities }: Target): Promise<Check> {
  const socket = connectTls({
    host,
    port,
    ...(isIP(host) === 0 && { servername: host }),
    ...(authorities !== undefined && { ca: [...rootCertificates, authorities] }),
  });
  let text = "";
  let expiresInDays = Infinity;
  socket.once("secureConnect", () => {
    const { valid_to: validTo, issuer } = socket.getPeerCertificate();
    expiresInDays = Math.floor((Date.parse(validTo) - Date.now()) / DAY_MS);
    text = `${socket.getProtocol()}, certificate of ${String(issuer.O ?? issuer.CN)}, valid for ${count(expiresInDays, "day")}`;
  });
  const failure = await connected(socket, "secureConnect");
  if (failure !== undefined)
    return problem(
      TLS,
      `the connection is not secure (${failure}).`,
      "If you expect this certificate, pass its certificate authority: --ca-file FILE (or PROJO_CA_FILE).",
    );
  if (expiresInDays < EXPIRES_SOON_DAYS)
    return note(TLS, text, "The operator of the server must renew the certificate.");
  return ok(TLS, text);
}

/** Closes the connection when it is there. @returns the code of the failure, or undefined */
function connected(
  socket: Socket | TLSSocket,
  event: "connect" | "secureConnect",
): Promise<string | undefined> {
  return new Promise((done) => {
    const finish = (failure: string | undefined) => {
      socket.destroy();
      done(failure);
    };
    socket.setTimeout(TIMEOUT_MS, () => finish("no answer within 5 seconds"));
    socket.once("error", (error) => finish(codeOf(error)));
    socket.once(event, () => finish(undefined));
  });
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "failed";

function sendRequest({ href }: URL, fetch: Fetch): Promise<ServerCheck> {
  const url = href.replace(/\/+$/, "");
  return checkServer({ url, fetch, anonymous: createClient({ baseUrl: url, fetch }), isServiceKey: false });
}

async function problemOfRequest(address: URL, fetch: Fetch): Promise<string | undefined> {
  const found = await sendRequest(address, fetch);
  return found.answers ? undefined : found.problem;
}

async function* checkRequest(address: URL, fetch: Fetch): AsyncGenerator<Check> {
  const startedAtMs = Date.now();
  const found = await sendRequest(address, fetch);
  if (!found.answers) {
    yield problem("Request", "the server does not answer as a ProjoStack server.", found.problem);
    return;
  }
  yield ok("Request", `answered in ${found.latencyMs} ms`);
  if (found.isReady === false) {
    yield problem(
      "Ready",
      "the server cannot serve now: it has no database or is stopping.",
      "Try again later, or ask the operator of the server.",
    );
  } else if (found.isReady === true) yield ok("Ready", "the server can serve");
  const fit = versionFit(version(), found.version);
  const text = `server ${found.version}, projo ${version()}`;
  yield fit.isCompatible ? ok("Version", `${text}: ${fit.text}`) : problem("Version", text, fit.text);
  if (found.serverTime) yield checkClock(found.serverTime.getTime(), startedAtMs, Date.now());
}

/** The server read its clock at some time between the request and now, and the header has whole seconds. */
function checkClock(serverTimeMs: number, startedAtMs: number, nowMs: number): Check {
  const behindMs = Math.max(0, serverTimeMs - nowMs);
  const differenceMs = behindMs || Math.min(0, serverTimeMs + 1000 - startedAtMs);
  const seconds = Math.round(Math.abs(differenceMs) / 1000);
  if (seconds <= 2) return ok("Clock", "as that of the server");
  const text = `${seconds} seconds ${differenceMs < 0 ? "ahead of" : "behind"} that of the server`;
  return Math.abs(differenceMs) > MAX_CLOCK_DIFFERENCE_MS
    ? problem(
        "Clock",
        `this clock is ${text}.`,
        "Correct the clock of this machine, or tell the operator of the server.",
      )
    : ok("Clock", text);
}
