import { formatAccessToken } from "../../src/identity/tokens/tokens.ts";
import type { TestServer } from "./test-server.ts";

interface Row {
  salt: Uint8Array;
  generation: number;
  seconds: number;
}

/** @returns a genuine access token of the session, of its present generation, that expired a minute ago */
export async function expiredAccessToken(server: TestServer, sessionId: string): Promise<string> {
  const [row] = await server.database.owner<Row & Record<string, unknown>>(
    `SELECT salt, generation, extract(epoch FROM now() - interval '1 minute')::integer AS seconds
       FROM sessions WHERE id = $1`,
    [sessionId],
  );
  if (!row) throw new Error("There is no such session.");
  const { salt, generation, seconds: expiresAtSeconds } = row;
  return formatAccessToken(server.keys, salt, { sessionId, generation, expiresAtSeconds });
}
