// Finds the cause of a refusal that has several, so that its message is true. It runs only for refused calls, and uses only
// what the caller sent and the operation declares. It never says whether something exists: a malformed, an absent and a foreign id
// keep the same response.
import { reasons, type CauseOf, type Operation } from "@projostack/contract";
import { Forbidden } from "@projostack/authz";
import { MembershipChanged } from "@projostack/db";
import type { Call } from "../call.ts";
import type { Context } from "../context.ts";
import { Failure } from "./failure.ts";

/** Returns the failure with the message of its cause, or the same failure if its message already names the cause. */
export function explainRefusal(failure: Failure, { ctx, path }: Call, operation: Operation): Failure {
  if (failure.message !== reasons[failure.reason][1]) return failure;
  const { cause } = failure;
  switch (failure.reason) {
    case "input.malformed":
      return ctx.sent.describeMalformedInput?.() ?? failure;
    case "auth.unauthenticated":
      return Failure.because("auth.unauthenticated", credentialCause(ctx, path), {}, { cause });
    case "permission.denied":
      return cause instanceof Forbidden || cause instanceof MembershipChanged
        ? Failure.because("permission.denied", actorKind(ctx), { permission: operation.access }, { cause })
        : failure;
    default:
      return failure;
  }
}

const actorKind = ({ actor }: Context): "key" | "person" =>
  actor !== null && "keyId" in actor ? "key" : "person";

/** The prefixes of the tokens that are no access token. */
const causeByPrefix: Readonly<Record<string, CauseOf<"auth.unauthenticated">>> = {
  pjk_: "key",
  pjr_: "refresh",
  pjs_: "session_cookie",
  pji_: "invite",
  pjo_: "link",
};

function credentialCause({ token, cookie, sent }: Context, path: string): CauseOf<"auth.unauthenticated"> {
  if (path === "auth.refresh") return "ended";
  if (sent.repeatsAuthorization?.() === true) return "repeated";
  if (cookie?.isAmbiguous === true) return "two_cookies";
  if (cookie) return cookie.token === null ? "no_cookie" : "cookie";
  if (token !== null) return causeByPrefix[token.slice(0, 4)] ?? "access";
  return sent.authorization === undefined ? "missing" : "scheme";
}
