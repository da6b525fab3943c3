// Messages for a call that has no answer of the server: the cause as the SDK gives it, and the next step in terms of projo.
import type { ProjoConnectionError, ProjoError } from "@projostack/sdk";
import { version } from "../version.ts";
import { mayBeDone } from "./may-be-done.ts";
import { isLoopback } from "./server-url.ts";
import { count } from "../commands/count.ts";

/** Describes a failed connection in one line. */
export function explainConnection(error: ProjoConnectionError): string {
  const { failure, message } = error;
  const cause = causeIn(message);
  if (error.operation === SIGN_OUT) return `${cause} ${SIGNED_OUT_HERE}`;
  if (error.mayHaveBeenCarriedOut) return `${cause} ${mayBeDone(error)}`;
  if (failure === "unreachable" && isOnThisMachine(cause))
    return `${cause} Start the server in its repository: npx -y pnpm@12 start`;
  const advice = isAboutProxy(cause) ? nextStepsAtProxy[failure] : nextSteps[failure];
  return `${cause} ${advice ?? adviceIn(message)}`;
}

/** Describes a timeout, or an answer of another program, in one line. */
export function explainForeignAnswer(error: ProjoError): string {
  if (error.code === "TIMEOUT" && / took longer than \d+ ms at /.test(error.message))
    return explainTimeout(error);
  const message = inTermsOfProjo(error.message).replace("Try again later.", `Try again ${whenOf(error)}.`);
  // The SDK has deleted the tokens, because it did not reach the server.
  const [withoutTokens = message, ...rest] = message.split(" The client has deleted the tokens.");
  if (rest.length > 0) return `${withoutTokens.split(" The server may have carried ")[0]} ${SIGNED_OUT_HERE}`;
  if (!error.mayHaveBeenCarriedOut) return message;
  const [cause = message] = message.split(" The server may have carried ");
  return `${cause} ${mayBeDone(error)}`;
}

/** A server or a proxy may say when: in Retry-After. */
function whenOf({ retryAfterSeconds: seconds }: ProjoError): string {
  return seconds === undefined ? "later" : `in ${durationOf(seconds)}`;
}

/** `1 second`, `40 seconds`, `15 minutes`. */
export function durationOf(seconds: number): string {
  if (seconds >= 120) return `${Math.ceil(seconds / 60)} minutes`;
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}

/** "tasks.list took longer than 30000 ms at http://127.0.0.1:4000." */
function explainTimeout(error: ProjoError): string {
  const [, ms = "0", url = "the server"] = / (\d+) ms at ([^ ]+)\./.exec(error.message) ?? [];
  const cause = `${url} did not answer within ${count(Number(ms) / 1000, "second")}.`;
  if (error.operation === SIGN_OUT) return `${cause} ${SIGNED_OUT_HERE}`;
  if (error.mayHaveBeenCarriedOut) return `${cause} ${mayBeDone(error)}`;
  return `${cause} Run the command again, or wait longer: --timeout 120`;
}

const SIGN_OUT = "auth.signOut";
const SIGNED_OUT_HERE =
  "You are signed out here, but the session may remain on the server. To end it, sign in, then run: projo sessions list";

/** The message for a command that is stopped. `change` is an operation without an answer that changes data. */
export function explainStop(change: string | undefined): string {
  return change === undefined ? "Stopped." : `Stopped. ${mayBeDone({ operation: change })}`;
}

/** Describes a server of another version: this program knows the operation, or it would not have called it. */
export function explainMissingOperation({ operation }: ProjoError): string {
  if (IN_EVERY_VERSION.has(operation))
    return `The server has no operation ${operation}, which all its versions have. Check the path of the address (--url or PROJO_URL).`;
  return `The server has no operation ${operation}: it is of another version than projo ${version()}. To see its version, run: projo call system.health`;
}

const CHECK_ADDRESS = "Check the address (--url or PROJO_URL) and the network.";

const IN_EVERY_VERSION = new Set(["system.health", "auth.signIn", "auth.signUp", "auth.me"]);

const TRUST =
  "If you expect this certificate, pass its certificate authority: --ca-file FILE (or PROJO_CA_FILE)";

const nextSteps: Readonly<Record<string, string>> = {
  unreachable: CHECK_ADDRESS,
  unknown: CHECK_ADDRESS,
  unknown_host: "Check the host name in the address (--url or PROJO_URL), and the DNS of this network.",
  port_blocked: "Check the port in the address (--url or PROJO_URL).",
  not_http: "Check the port in the address (--url or PROJO_URL).",
  not_tls:
    "Check the port in the address (--url or PROJO_URL), or use an http address if the server has no TLS.",
  certificate_untrusted: TRUST,
  certificate_of_another_host: "Use a host name of the certificate in the address (--url or PROJO_URL).",
  connection_lost:
    "Run the command again. If it fails again, check whether the server expects an https address.",
};

const nextStepsAtProxy: Readonly<Record<string, string>> = { certificate_untrusted: TRUST };

const isAboutProxy = (cause: string): boolean => /\bthe proxy https?:/i.test(cause);

/** The first sentence of the SDK's message. A URL in it contains no space. */
const causeIn = (message: string): string => message.split(/(?<=\.) /, 1)[0] ?? message;

const adviceIn = (message: string): string => inTermsOfProjo(message.slice(causeIn(message).length).trim());

const inTermsOfProjo = (message: string): string =>
  message.replaceAll("baseUrl", "the address (--url or PROJO_URL)");

function isOnThisMachine(cause: string): boolean {
  const url = /https?:\/\/[^\s,]+[^\s,.]/.exec(cause)?.[0];
  return url !== undefined && isLoopback(url);
}
