// How often what may be tried: the one table. Why it is as it is: docs/decisions/limits.md.

/** Whose tries are counted together. */
export type By =
  /** A network address: an IPv4 address, or the /64 of an IPv6 address. */
  | "address"
  /** One account, as tried from one address. */
  | "accountAtAddress"
  /** One account, as tried from all addresses together at which nobody has signed in to it lately. */
  | "accountFromStrangers"
  /** One account, from wherever. */
  | "account"
  /** All members and keys of one workspace together. */
  | "workspace"
  /** What the try is about, within one workspace: an address that is invited, or an invite that is sent again. */
  | "target"
  /** All callers of all servers that share a Redis. */
  | "everyone";

export interface Rule {
  readonly by: By;
  readonly points: number;
  readonly seconds: number;
}

/** The rules of each operation, by its name. */
export type Limits = Readonly<Record<string, readonly Rule[]>>;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The rules of an operation are asked one after the other, and the first that refuses ends the asking. So what is
 * counted for few stands before what is counted for many: whoever is refused by their own limit uses up nothing of
 * what others share, and cannot shut them out.
 */
export const limits: Limits = {
  "auth.signUp": [
    { by: "address", points: 20, seconds: HOUR },
    { by: "accountAtAddress", points: 5, seconds: HOUR },
    { by: "everyone", points: 1_000, seconds: 10 * MINUTE },
  ],
  "auth.signIn": [
    { by: "address", points: 60, seconds: 15 * MINUTE },
    { by: "accountAtAddress", points: 10, seconds: 15 * MINUTE },
    { by: "accountFromStrangers", points: 200, seconds: HOUR },
    { by: "everyone", points: 3_000, seconds: MINUTE },
  ],
  "auth.refresh": [
    { by: "address", points: 600, seconds: MINUTE },
    { by: "everyone", points: 60_000, seconds: MINUTE },
  ],
  "auth.signOut": [
    { by: "address", points: 600, seconds: MINUTE },
    { by: "everyone", points: 60_000, seconds: MINUTE },
  ],
  "password.requestReset": [
    { by: "address", points: 20, seconds: HOUR },
    { by: "accountAtAddress", points: 3, seconds: 15 * MINUTE },
    { by: "account", points: 20, seconds: HOUR },
    { by: "everyone", points: 1_000, seconds: 10 * MINUTE },
  ],
  "password.reset": [
    { by: "address", points: 30, seconds: 15 * MINUTE },
    { by: "everyone", points: 3_000, seconds: MINUTE },
  ],
  "password.change": [
    { by: "address", points: 60, seconds: 15 * MINUTE },
    { by: "accountAtAddress", points: 10, seconds: 15 * MINUTE },
    { by: "account", points: 30, seconds: HOUR },
    { by: "everyone", points: 3_000, seconds: MINUTE },
  ],
  "email.verify": [
    { by: "address", points: 60, seconds: 15 * MINUTE },
    { by: "everyone", points: 3_000, seconds: MINUTE },
  ],
  "invites.preview": [
    { by: "address", points: 120, seconds: 15 * MINUTE },
    { by: "everyone", points: 6_000, seconds: MINUTE },
  ],
  "invites.accept": [
    { by: "address", points: 120, seconds: 15 * MINUTE },
    { by: "account", points: 60, seconds: 15 * MINUTE },
    { by: "everyone", points: 6_000, seconds: MINUTE },
  ],
  "invites.create": [
    { by: "target", points: 5, seconds: DAY },
    { by: "account", points: 200, seconds: HOUR },
    { by: "workspace", points: 1_000, seconds: DAY },
    { by: "everyone", points: 5_000, seconds: 10 * MINUTE },
  ],
  "invites.resend": [
    { by: "target", points: 5, seconds: DAY },
    { by: "account", points: 200, seconds: HOUR },
    { by: "workspace", points: 1_000, seconds: DAY },
    { by: "everyone", points: 5_000, seconds: 10 * MINUTE },
  ],
  "tokens.introspect": [
    { by: "account", points: 30_000, seconds: MINUTE },
    { by: "everyone", points: 600_000, seconds: MINUTE },
  ],
  "workspaces.create": [{ by: "account", points: 30, seconds: HOUR }],
  "email.resendVerification": [
    { by: "address", points: 20, seconds: HOUR },
    { by: "account", points: 5, seconds: HOUR },
    { by: "everyone", points: 1_000, seconds: 10 * MINUTE },
  ],
};

/** What makes an address known to an account when it succeeds: whoever did it had the password. */
export const acquainting: ReadonlySet<string> = new Set(["auth.signUp", "auth.signIn"]);

/** How long an address stays known after the last sign-in there: as long as an idle session lives. */
export const KNOWN_SECONDS = 14 * 24 * HOUR;
