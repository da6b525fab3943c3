// A server with expiring access tokens: it accepts one access token and one refresh token, and issues the next pair.
import { memoryTokenStore } from "../src/index.ts";
import { createInstantClient } from "./instant-client.ts";
import { data, failure, startServer, type Answer, type TestServer } from "./test-server.ts";

export interface TokenServer extends TestServer {
  /** The refresh tokens of the received refreshes. */
  refreshes(): string[];
  /** Makes the server refuse the current access token. */
  expireAccessToken(): void;
  /** Scripts the answers to the next refreshes. */
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
  let expired = false;
  const scriptedAnswers: Answer[] = [];
  const unauthenticated = failure(401, { code: "UNAUTHORIZED", reason: "auth.unauthenticated" });

  const answer: Answer = (request, response) => {
    if (request.operation === "auth.signIn") return data(answerOf(generation))(request, response);
    if (request.operation === "auth.refresh") {
      const scripted = scriptedAnswers.shift();
      if (scripted) return scripted(request, response);
      const { refreshToken } = request.input as { refreshToken: string };
      if (refreshToken !== `pjr_secret_${generation}`) return unauthenticated(request, response);
      generation += 1;
      expired = false;
      return data(answerOf(generation))(request, response);
    }
    if (request.operation === "auth.signOut") return data({})(request, response);
    const isValid = request.headers.authorization === `Bearer pja_secret_${generation}` && !expired;
    return (isValid ? data({ id: "t" }) : unauthenticated)(request, response);
  };

  const server = await startServer(answer);
  return {
    ...server,
    refreshes: () =>
      server.requests
        .filter(({ operation }) => operation === "auth.refresh")
        .map(({ input }) => String((input as { refreshToken: unknown }).refreshToken)),
    expireAccessToken: () => {
      expired = true;
    },
    next: (...answers) => void scriptedAnswers.push(...answers),
  };
}

/** Signs in a client, then expires its access token. */
export async function signInAndExpire() {
  const server = await startTokenServer();
  const tokens = memoryTokenStore();
  const { client, waits } = createInstantClient({ baseUrl: server.url, tokens });
  await client.auth.signIn({ email: "ann@example.com", password: "x" });
  server.expireAccessToken();
  return { server, tokens, client, waits };
}
