import type { Io } from "../io.ts";

/** Returns true when PROJO_TOKEN holds a service key and not a user's access token. */
export const isServiceKeySet = ({ env }: Io): boolean => env["PROJO_TOKEN"]?.startsWith("pjk_") === true;
