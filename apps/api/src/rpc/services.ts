import type { Db } from "@projostack/db";
import type { Admission } from "../infra/admission/admission.ts";
import type { Quotas } from "../config/config.ts";
import type { Budgets } from "../infra/budgets/budgets.ts";
import type { Checkpoints } from "../infra/checkpoints.ts";
import type { Clock } from "../infra/clock.ts";
import type { KeyRing } from "../infra/key-ring.ts";
import type { Limiter } from "../infra/limiter/limiter.ts";
import type { Log } from "../infra/log.ts";
import type { RefusalLog } from "../infra/refusal-log.ts";
import type { TaskRoom } from "../infra/quotas/task-room.ts";
import type { RefusedCredentials } from "../infra/refused-credentials.ts";
import type { ServiceKeys } from "../infra/service-keys.ts";
import type { Sessions } from "../infra/sessions.ts";
import type { TokenForms } from "../infra/token-forms.ts";
import type { PasswordPolicy } from "../infra/password-policy.ts";
import type { Passwords } from "../infra/passwords.ts";
import type { Randomness } from "../infra/randomness.ts";

/** What the server is given at its start, and hands to every request. */
export interface Services {
  readonly db: Db;
  readonly sessions: Sessions;
  readonly serviceKeys: ServiceKeys;
  readonly passwords: Passwords;
  readonly passwordPolicy: PasswordPolicy;
  readonly keys: KeyRing;
  readonly tokenForms: TokenForms;
  readonly refusedCredentials: RefusedCredentials;
  readonly checkpoints: Checkpoints;
  readonly limiter: Limiter;
  readonly admission: Admission;
  readonly budgets: Budgets;
  readonly quotas: Quotas;
  readonly taskRoom: TaskRoom;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
  /** Is told of each answer of 503. */
  readonly refusals: RefusalLog;
  /** Where people reach the application, for the links that are handed out. Never a request's word. */
  readonly appUrl: () => string;
  /** Whether only people with a verified address may invite. */
  readonly invitesNeedVerifiedEmail: boolean;
  readonly version: string;
}
