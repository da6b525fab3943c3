// What others do, and what we did before, to stand beside our rule in the same lives.
import { GRACE_SECONDS, judgeRefresh } from "../../src/identity/sessions/refresh-rule.ts";
import type { Rule } from "./simulated-session.ts";

/** Any reuse ends the session. */
export const strictRule: Rule = (token, { generation }) => {
  if (token === generation) return "rotate";
  return token > generation ? "ahead" : "revoke";
};

/** The token before is good for some seconds more, whatever happened to its successor. */
export const bareGraceRule: Rule = (token, state) => {
  const isForgiven = state.generation - token === 1 && state.secondsSinceRotation <= GRACE_SECONDS;
  return isForgiven ? "repeat" : strictRule(token, state);
};

/** Our rule without `renew`: a lost reply is given again, and neither the grace nor its access tokens change. */
export const ruleWithoutRenewal: Rule = (token, state) => {
  const verdict = judgeRefresh(token, state);
  return verdict === "renew" ? "repeat" : verdict;
};
