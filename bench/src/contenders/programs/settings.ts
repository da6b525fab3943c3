// The settings that each of these programs reads from its environment.
import { z } from "zod";

const Settings = z.object({ DATABASE_URL: z.string(), SECRET: z.string().default("") });

/** The number of connections that the product opens. */
export const POOL_SIZE = 16;

export interface Settings {
  readonly databaseUrl: string;
  /** The secret with which the program verifies tokens, if it does. */
  readonly secret: string;
}

export function readSettings(): Settings {
  const { DATABASE_URL, SECRET } = Settings.parse(process.env);
  return { databaseUrl: DATABASE_URL, secret: SECRET };
}
