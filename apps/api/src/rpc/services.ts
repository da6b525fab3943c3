import type { Db } from "@projostack/db";
import type { Admission } from "../limits/admission/admission.ts";
import type { Quotas } from "../limits/quotas/quotas.ts";
import type { Budgets } from "../limits/budgets/budgets.ts";
import type { Checkpoints } from "../identity/checkpoints.ts";
import type { Clock } from "../runtime/clock.ts";
import type { KeyRing } from "../identity/key-ring.ts";
import type { Limiter } from "../limits/limiter/limiter.ts";
import type { Log } from "../runtime/log.ts";
import type { RefusalLog } from "../limits/refusal-log.ts";
import type { TaskCapacity } from "../limits/quotas/task-capacity.ts";
import type { RefusedCredentials } from "../limits/refused-credentials.ts";
import type { ServiceKeys } from "../identity/tokens/service-keys.ts";
import type { Sessions } from "../identity/sessions/sessions.ts";
import type { TokenForms } from "../identity/tokens/token-forms.ts";
import type { PasswordPolicy } from "../identity/passwords/password-policy.ts";
import type { Passwords } from "../identity/passwords/passwords.ts";
import type { Randomness } from "../runtime/randomness.ts";

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
  readonly taskCapacity: TaskCapacity;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
  /** Is told of each answer of 503. */
  readonly refusals: RefusalLog;
  /** Where people reach the application, for the links that are handed out. Never a request's word. */
  readonly appUrl: () => string;
  /** Whether only people with a verified address may invite. */
  readonly invitesNeedVerifiedEmail: boolean;
  /** Whether hot reads are prefetched and changes of one statement are committed with it. */
  readonly usesShortcuts: boolean;
  readonly version: string;
}
