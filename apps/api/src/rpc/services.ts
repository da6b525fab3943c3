import type { Turns } from "./idempotency/turns.ts";
import type { Db } from "@projostack/db";
import type { Admission } from "../limits/admission/admission.ts";
import type { Quotas } from "../limits/quotas/quotas.ts";
import type { Budgets } from "../limits/budgets/budgets.ts";
import type { Checkpoints } from "../identity/checkpoints.ts";
import type { MailNotices } from "../mail/mail-notices.ts";
import type { Clock } from "../runtime/clock.ts";
import type { KeyRing } from "../identity/key-ring.ts";
import type { Limiter } from "../limits/limiter/limiter.ts";
import type { Log } from "../runtime/log.ts";
import type { RefusalLog } from "../limits/refusal-log.ts";
import type { TaskCapacity } from "../limits/quotas/task-capacity.ts";
import type { RefusedCredentials } from "../limits/refused-credentials.ts";
import type { ServiceKeys } from "../identity/tokens/service-keys.ts";
import type { Sessions } from "../identity/sessions/sessions.ts";
import type { CookieSessions } from "../identity/sessions/cookie-sessions.ts";
import type { SessionCookie } from "../cookies/session-cookie.ts";
import type { IsTrustedRequest } from "../cookies/is-trusted-request.ts";
import type { TokenForms } from "../identity/tokens/token-forms.ts";
import type { PasswordPolicy } from "../identity/passwords/password-policy.ts";
import type { Passwords } from "../identity/passwords/passwords.ts";
import type { Observer } from "../observe/observer.ts";
import type { Tracer } from "../observe/tracing/tracer.ts";
import type { Randomness } from "../runtime/randomness.ts";

/** The services that the server creates at its start and passes to every request. */
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
  /** The calls with idempotency keys that are running. */
  readonly turns: Turns;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
  /** Counts events for the metrics. */
  readonly observer: Observer;
  /** Null when traces are off. */
  readonly tracer: Tracer | null;
  /** Logs each 503 response. */
  readonly refusals: RefusalLog;
  /** The application's URL, with which links begin. It comes from the configuration, never from a request. */
  readonly appUrl: () => string;
  readonly cookieSessions: CookieSessions;
  readonly sessionCookie: SessionCookie;
  readonly isTrustedRequest: IsTrustedRequest;
  /** Whether only users with a verified email address may invite others. */
  readonly invitesNeedVerifiedEmail: boolean;
  /** The notices that are mailed to members. */
  readonly notices: MailNotices;
  /** Whether hot reads are prefetched and single-statement mutations commit in one round trip. */
  readonly usesShortcuts: boolean;
  readonly version: string;
}
