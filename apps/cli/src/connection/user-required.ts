import { CliError } from "../cli-error.ts";

const USER_REQUIRED =
  "A service key cannot do this: it is for signed-in users. Unset PROJO_TOKEN, then run: projo login";

/** The message for a service key that calls an operation for users only. */
export const userRequiredMessages = { "auth.person_required": USER_REQUIRED } as const;

/** The same message before the call. */
export const userRequired = (): CliError => new CliError("auth.person_required", USER_REQUIRED);
