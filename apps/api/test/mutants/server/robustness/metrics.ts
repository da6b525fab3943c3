// Mutants of the access to the metrics.
import { send } from "../../../kit/index.ts";
import { newUser } from "../../attackers.ts";
import { guard, type Attack, type Mutant } from "../../mutant.ts";

/** Settings of the mutants' servers. */
export const metricsEnv = { PROJO_METRICS_TOKEN: "4f9c1d7e2b8a6053f1e4d2c7b9a80356" } as const;

const readsWith = (title: string, authorizationOf: (token: string) => string | undefined): Attack => ({
  title,
  tryOn: async (server) => {
    const { token } = await newUser(server);
    const authorization = authorizationOf(token);
    const headers = authorization === undefined ? {} : { authorization };
    return (await send(`${server.url}/metrics`, { headers })).text.includes("projo_calls_total");
  },
});

const withoutToken = readsWith("a caller without a token reads the metrics", () => undefined);
const asUser = readsWith("a user reads the metrics with an access token", (token) => `Bearer ${token}`);

const isCompared = guard("the token of /metrics is compared", "apps/api/src/http/metrics-route.ts", [
  "if (!isToken(sent))",
  "if (!isToken(sent) && false)",
]);

export const metrics: readonly Mutant[] = [{ removed: [isCompared], succeeds: [withoutToken, asUser] }];
