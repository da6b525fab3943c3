// Other rules for cookies, for comparison with the server's rule in the same simulations: each lacks one part of it.
import {
  COOKIE_GRACE_SECONDS,
  judgeCookie,
  ROTATE_AFTER_SECONDS,
} from "../../../src/identity/sessions/cookie-rule.ts";
import type { CookieRule } from "./simulated-cookie-session.ts";

/** The old cookie ends the session at once. */
export const strictCookieRule: CookieRule = (cookie, state) =>
  state.generation - cookie === 1 ? "revoke" : judgeCookie(cookie, state);

/** The first use of the successor counts at once: the browser may lose it, or a server may not pass it on. */
export const ruleWithoutSettling: CookieRule = (cookie, state) => {
  const verdict = judgeCookie(cookie, state);
  const isFirstUse = state.generation === cookie && state.secondsSinceConfirmed === null;
  return verdict === "accept" && isFirstUse ? "confirm" : verdict;
};

/** A successor that is given again is not recorded, so a use of it counts at once. */
export const ruleWithoutRecording: CookieRule = (cookie, state) => {
  const verdict = judgeCookie(cookie, state);
  return verdict === "give again" ? "repeat" : verdict;
};

/** A cookie that is a day old is replaced at its first use, so the cookie before it has no grace time. */
export const hastyRule: CookieRule = (cookie, state) =>
  state.generation === cookie && state.secondsSinceGiven >= ROTATE_AFTER_SECONDS
    ? "rotate"
    : judgeCookie(cookie, state);

/** The old cookie works only until the use of its successor: a request that is under way comes too late. */
export const ruleWithoutGrace: CookieRule = (cookie, state) =>
  state.generation - cookie === 1 && state.secondsSinceConfirmed !== null
    ? "revoke"
    : judgeCookie(cookie, state);

/** The old cookie works only for the grace time, whether its successor was used or not. */
export const graceAloneRule: CookieRule = (cookie, state) => {
  if (state.generation - cookie !== 1) return judgeCookie(cookie, state);
  return state.secondsSinceGiven <= COOKIE_GRACE_SECONDS ? "repeat" : "revoke";
};

/** An old cookie is refused, and the session goes on. */
export const ruleWithoutRevocation: CookieRule = (cookie, state) => {
  const verdict = judgeCookie(cookie, state);
  return verdict === "revoke" ? "ahead" : verdict;
};

/** The previous cookie always gets the successor. */
export const forgivingRule: CookieRule = (cookie, state) =>
  state.generation - cookie === 1 ? "repeat" : judgeCookie(cookie, state);

/** The cookie is never replaced. */
export const ruleWithoutRotation: CookieRule = (cookie, state) =>
  judgeCookie(cookie, {
    ...state,
    secondsSinceGiven: Math.min(state.secondsSinceGiven, ROTATE_AFTER_SECONDS - 1),
  });
