// What each of these programs is told by its environment.
import { z } from "zod";

const Settings = z.object({ DATABASE_URL: z.string(), SECRET: z.string().default("") });

/** As many connections as the product opens. */
export const POOL_SIZE = 16;

export interface Settings {
  readonly databaseUrl: string;
  /** Where the program checks codes: what it makes them with. */
  readonly secret: string;
}

export function readSettings(): Settings {
  const { DATABASE_URL, SECRET } = Settings.parse(process.env);
  return { databaseUrl: DATABASE_URL, secret: SECRET };
}
