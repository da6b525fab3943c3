// The variables of limits, budgets, quotas and connections.
import { factor, networks } from "./formats.ts";
import { optionalWholeNumber, variable, wholeNumber } from "./variable.ts";

const BILLION = 1_000_000_000;

const quota = (fallback: number, description: string) =>
  wholeNumber({ min: 1, max: BILLION, fallback, description });

export const limitVariables = {
  PROJO_LIMITS: variable({
    schema: factor.default(1),
    expected: "how many times the usual limits to grant, from 0.1 to 1000, such as 2",
    values: "a number from 0.1 to 1000",
    description: "the factor for all limits: see [Limits](#limits)",
    example: "2",
  }),
  PROJO_BUDGET_ACCOUNT: wholeNumber({
    min: 1_000,
    max: BILLION,
    fallback: 60_000,
    unit: "points",
    description: "what an account or a service key can spend in a minute: see [Budgets](#budgets)",
  }),
  PROJO_BUDGET_WORKSPACE: wholeNumber({
    min: 1_000,
    max: BILLION,
    fallback: 240_000,
    unit: "points",
    description: "what all members and keys of a workspace together can spend in a minute",
  }),
  PROJO_QUOTA_PROJECTS: quota(10_000, "the maximum of projects in one workspace: see [Quotas](#quotas)"),
  PROJO_QUOTA_TASKS: quota(1_000_000, "the maximum of tasks in one workspace"),
  PROJO_QUOTA_MEMBERS: quota(5_000, "the maximum of members of one workspace"),
  PROJO_QUOTA_INVITES: quota(1_000, "the maximum of pending invites of one workspace"),
  PROJO_QUOTA_KEYS: quota(100, "the maximum of active service keys of one workspace"),
  PROJO_TRUSTED_PROXIES: variable({
    schema: networks.optional(),
    expected: "the addresses or networks of your proxies, separated by commas, such as 10.0.0.5,10.1.0.0/16",
    values: "addresses and networks, separated by commas",
    description: "your proxies, whose `X-Forwarded-For` names the [address of the client](#limits)",
    example: "10.0.0.5,10.1.0.0/16",
    unset: "none",
  }),
  PROJO_CONNECTIONS: wholeNumber({
    min: 10,
    max: 100_000,
    fallback: 2_000,
    unit: "connections",
    description: "the maximum of open client connections: see [Connections](connections.md)",
  }),
  PROJO_CONNECTIONS_PER_ADDRESS: wholeNumber({
    min: 1,
    max: 100_000,
    fallback: 200,
    unit: "connections",
    description: "the maximum of open connections of one client address",
  }),
  PROJO_HEADERS_SECONDS: wholeNumber({
    min: 1,
    max: 600,
    fallback: 10,
    unit: "seconds",
    description: "the time limit to receive the headers of a request",
  }),
  PROJO_REQUEST_SECONDS: wholeNumber({
    min: 1,
    max: 600,
    fallback: 30,
    unit: "seconds",
    description: "the time limit to receive a complete request",
  }),
  PROJO_IDLE_SECONDS: wholeNumber({
    min: 1,
    max: 3_600,
    fallback: 72,
    unit: "seconds",
    description: "the time that a connection without requests stays open",
  }),
  PROJO_UNREAD_SECONDS: wholeNumber({
    min: 1,
    max: 600,
    fallback: 15,
    unit: "seconds",
    description: "the time that a response may stay unread",
  }),
  PROJO_DRAIN_SECONDS: optionalWholeNumber({
    min: 0,
    max: 600,
    example: 5,
    unit: "seconds",
    unset: "5 in production, otherwise 0",
    description:
      "the time after the signal to stop in which the server is not ready and still serves: see [Balancers](operating/balancers.md)",
  }),
  PROJO_UNREAD_MB: wholeNumber({
    min: 1,
    max: 10_000,
    fallback: 64,
    unit: "MB",
    description: "the total size of unread responses",
  }),
};
