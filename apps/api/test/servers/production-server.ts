// Servers as an operator runs them beside one another: with given keys, over one database.
import { randomBytes } from "node:crypto";
import type { TestDatabase } from "@projostack/db/testing";
import { startServerOver, type TestServer } from "../kit/index.ts";

export const newKey = (): string => randomBytes(32).toString("base64url");

/** In production, on this machine. */
export const production = {
  PROJO_ENV: "production",
  PROJO_SMTP_URL: "smtp://127.0.0.1:1",
  PROJO_MAIL_FROM: "mail@example.com",
  PROJO_APP_URL: "https://app.example.com",
};

/** Outside production, and reachable from other machines. */
export const exposed = { HOST: "0.0.0.0", PROJO_MAIL: "files" };

type Environment = Readonly<Record<string, string>>;

/** Starts a server, which renews its row ten times as often as usual. */
export const startOver = (database: TestDatabase, env: Environment): Promise<TestServer> =>
  startServerOver(database, env, { shortPauses: true });

/** @returns the message with which the server refuses to start; null when it starts, and it is closed then */
export async function refusalOf(database: TestDatabase, env: Environment): Promise<string | null> {
  try {
    await (await startOver(database, env)).close();
    return null;
  } catch (error) {
    if (error instanceof Error && error.name === "LivingServersError") return error.message;
    throw error;
  }
}
