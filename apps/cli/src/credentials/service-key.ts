import type { Io } from "../io.ts";

/** Returns true when PROJO_TOKEN holds a service key and not a user's access token. */
export const isServiceKeySet = ({ env }: Io): boolean => env["PROJO_TOKEN"]?.startsWith("pjk_") === true;

/** Returns true when PROJO_TOKEN holds another token, which is that of a user. */
const isAccessTokenSet = (io: Io): boolean => Boolean(io.env["PROJO_TOKEN"]) && !isServiceKeySet(io);

/** The kind of token with which the calls of a command are made. */
export const callerOf = (io: Io): { isServiceKey: boolean; isAccessToken: boolean } => ({
  isServiceKey: isServiceKeySet(io),
  isAccessToken: isAccessTokenSet(io),
});
