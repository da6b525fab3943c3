// The table of rate limits. docs/decisions/rate-limits.md explains the figures.

/**
 * The key by which a rule counts attempts. A pair of account and address is known when the account signed in from there
 * recently.
 */
export type CountedBy =
  /** A network address: an IPv4 address, or the /64 of an IPv6 address. */
  | "address"
  /** The /56 of an IPv6 address, except known pairs. */
  | "network56"
  /** The /48 of an IPv6 address, except known pairs. */
  | "network48"
  /** The known pairs in the /48 of an IPv6 address. */
  | "knownInNetwork48"
  /** One account from one address. */
  | "accountAtAddress"
  /** One account from all addresses where it is not known. */
  | "accountFromStrangers"
  /** One account from all addresses where it is known. */
  | "accountWhereKnown"
  /** One account, from any address. */
  | "account"
  /** All members and keys of one workspace together. */
  | "workspace"
  /** The target of the attempt within one workspace: an invited address, or an invite that is sent again. */
  | "target"
  /** All callers of all servers that share a Redis, except known pairs. */
  | "strangers"
  /** All known pairs of all servers that share a Redis. */
  | "known"
  /** All callers of all servers that share a Redis. */
  | "everyone";

export interface Rule {
  readonly by: CountedBy;
  readonly points: number;
  readonly seconds: number;
}

/** The rules of each operation, by its name. */
export type Limits = Readonly<Record<string, readonly Rule[]>>;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The limits of IPv6 networks, as multiples of the limit of one address. */
const IN_NETWORK_56 = 4;
const IN_NETWORK_48 = 16;

/** Rules for one address and for the IPv6 networks that one customer may hold. */
const byNetwork = (points: number, seconds: number): readonly Rule[] => [
  { by: "address", points, seconds },
  { by: "network56", points: IN_NETWORK_56 * points, seconds },
  { by: "network48", points: IN_NETWORK_48 * points, seconds },
];

/** Rules for all callers, with separate limits for known pairs. */
const allCallers = (points: number, seconds: number): readonly Rule[] => [
  { by: "accountWhereKnown", points: 60, seconds: 15 * MINUTE },
  { by: "knownInNetwork48", points: 600, seconds: 15 * MINUTE },
  { by: "strangers", points, seconds },
  { by: "known", points, seconds },
];

/**
 * An attempt is counted by all rules that apply to it, or by none when one of them refuses. So a caller who is refused by
 * their own limit uses nothing of shared limits and cannot lock other callers out. A refusal names the first rule that
 * refuses, so narrow rules come before wide ones.
 */
export const limits: Limits = {
  "auth.signUp": [
    ...byNetwork(20, HOUR),
    { by: "accountAtAddress", points: 5, seconds: HOUR },
    { by: "everyone", points: 1_000, seconds: 10 * MINUTE },
  ],
  "auth.signIn": [
    ...byNetwork(60, 15 * MINUTE),
    { by: "accountAtAddress", points: 10, seconds: 15 * MINUTE },
    { by: "accountFromStrangers", points: 200, seconds: HOUR },
    ...allCallers(3_000, MINUTE),
  ],
  "auth.refresh": [...byNetwork(600, MINUTE), { by: "everyone", points: 60_000, seconds: MINUTE }],
  "auth.signOut": [...byNetwork(600, MINUTE), { by: "everyone", points: 60_000, seconds: MINUTE }],
  "password.requestReset": [
    ...byNetwork(20, HOUR),
    { by: "accountAtAddress", points: 3, seconds: 15 * MINUTE },
    { by: "account", points: 20, seconds: HOUR },
    ...allCallers(1_000, 10 * MINUTE),
  ],
  "password.reset": [...byNetwork(30, 15 * MINUTE), { by: "everyone", points: 3_000, seconds: MINUTE }],
  "password.change": [
    ...byNetwork(60, 15 * MINUTE),
    { by: "accountAtAddress", points: 10, seconds: 15 * MINUTE },
    { by: "account", points: 30, seconds: HOUR },
    ...allCallers(3_000, MINUTE),
  ],
  "email.verify": [...byNetwork(60, 15 * MINUTE), { by: "everyone", points: 3_000, seconds: MINUTE }],
  "invites.preview": [...byNetwork(120, 15 * MINUTE), { by: "everyone", points: 6_000, seconds: MINUTE }],
  "invites.accept": [
    ...byNetwork(120, 15 * MINUTE),
    { by: "account", points: 60, seconds: 15 * MINUTE },
    { by: "everyone", points: 6_000, seconds: MINUTE },
  ],
  "invites.decline": [
    ...byNetwork(120, 15 * MINUTE),
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
    ...byNetwork(20, HOUR),
    { by: "account", points: 5, seconds: HOUR },
    { by: "everyone", points: 1_000, seconds: 10 * MINUTE },
  ],
};

/** The operations that make an address known for an account when they succeed, because the caller had the password. */
export const recordsKnownAddress: ReadonlySet<string> = new Set(["auth.signUp", "auth.signIn"]);

/** How long an address stays known after the last sign-in there: as long as an idle session lives. */
export const KNOWN_SECONDS = 14 * 24 * HOUR;
