// Other refresh rules, for comparison with the server's rule in the same simulations.
import { GRACE_SECONDS, judgeRefresh } from "../../src/identity/sessions/refresh-rule.ts";
import type { Rule } from "./simulated-session.ts";

/** Every reuse of a token ends the session. */
export const strictRule: Rule = (token, { generation }) => {
  if (token === generation) return "rotate";
  return token > generation ? "ahead" : "revoke";
};

/** The previous token stays valid for the grace window, even if its successor was used. */
export const bareGraceRule: Rule = (token, state) => {
  const isForgiven = state.generation - token === 1 && state.secondsSinceRotation <= GRACE_SECONDS;
  return isForgiven ? "repeat" : strictRule(token, state);
};

/** The server's rule without `renew`: a lost reply is repeated, and neither the grace window nor the access tokens change. */
export const ruleWithoutRenewal: Rule = (token, state) => {
  const verdict = judgeRefresh(token, state);
  return verdict === "renew" ? "repeat" : verdict;
};
