// A server whose access tokens can be spent: it takes one access and one refresh token, and gives the next of both.
import { data, failure, startServer, type Answer, type TestServer } from "./test-server.ts";

export interface TokenServer extends TestServer {
  /** The refreshes that arrived. */
  refreshes(): string[];
  /** From now on the newest access token is refused. */
  spend(): void;
  /** What the next refreshes are answered with, before it answers by itself again. */
  next(...answers: Answer[]): void;
}

export const answerOf = (generation: number, sessionId = "s") => ({
  user: { email: "ann@example.com" },
  session: { id: sessionId },
  accessToken: `pja_secret_${generation}`,
  accessTokenExpiresAt: "2026-01-31T12:00:00.000Z",
  refreshToken: `pjr_secret_${generation}`,
});

export const tokensOf = (generation: number, sessionId = "s") => ({
  accessToken: `pja_secret_${generation}`,
  accessTokenExpiresAt: "2026-01-31T12:00:00.000Z",
  refreshToken: `pjr_secret_${generation}`,
  sessionId,
});

export async function startTokenServer(): Promise<TokenServer> {
  let generation = 1;
  let spent = false;
  const instead: Answer[] = [];
  const unauthenticated = failure(401, { code: "UNAUTHORIZED", reason: "auth.unauthenticated" });

  const answer: Answer = (asked, response) => {
    if (asked.operation === "auth.signIn") return data(answerOf(generation))(asked, response);
    if (asked.operation === "auth.refresh") {
      const scripted = instead.shift();
      if (scripted) return scripted(asked, response);
      const { refreshToken } = asked.input as { refreshToken: string };
      if (refreshToken !== `pjr_secret_${generation}`) return unauthenticated(asked, response);
      generation += 1;
      spent = false;
      return data(answerOf(generation))(asked, response);
    }
    if (asked.operation === "auth.signOut") return data({})(asked, response);
    const isGood = asked.headers.authorization === `Bearer pja_secret_${generation}` && !spent;
    return (isGood ? data({ id: "t" }) : unauthenticated)(asked, response);
  };

  const server = await startServer(answer);
  return {
    ...server,
    refreshes: () =>
      server.asked
        .filter(({ operation }) => operation === "auth.refresh")
        .map(({ input }) => String((input as { refreshToken: unknown }).refreshToken)),
    spend: () => {
      spent = true;
    },
    next: (...answers) => void instead.push(...answers),
  };
}
