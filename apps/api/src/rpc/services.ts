import type { Db } from "@projostack/db";
import type { KeyRing } from "../infra/key-ring.ts";
import type { Limiter } from "../infra/limiter/limiter.ts";
import type { Log } from "../infra/log.ts";
import type { Sessions } from "../infra/sessions.ts";
import type { PasswordPolicy } from "../infra/password-policy.ts";
import type { Passwords } from "../infra/passwords.ts";
import type { Randomness } from "../infra/randomness.ts";

/** What the server is given at its start, and hands to every request. */
export interface Services {
  readonly db: Db;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly passwordPolicy: PasswordPolicy;
  readonly keys: KeyRing;
  readonly limiter: Limiter;
  readonly randomness: Randomness;
  readonly log: Log;
  readonly version: string;
}
