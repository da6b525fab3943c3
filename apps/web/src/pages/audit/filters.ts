import type { AuditAction, AuditListInput } from "@projostack/sdk";
import { auditTexts } from "../../texts/audit.ts";

/** The filters of the log, as the address of the page contains them. */
export interface Filters {
  readonly action?: AuditAction | undefined;
  /** The id of a user. */
  readonly actor?: string | undefined;
  /** The kind and the id of a target, as `task:019a...`. */
  readonly target?: string | undefined;
  /** The first day, as `2026-01-31`. */
  readonly from?: string | undefined;
  /** The last day. */
  readonly to?: string | undefined;
}

const names = ["action", "actor", "target", "from", "to"] as const;
export type FilterName = (typeof names)[number];

const isId = (text: string): boolean => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

const isValid: Readonly<Record<FilterName, (text: string) => boolean>> = {
  action: (text) => Object.hasOwn(auditTexts.actions, text),
  actor: isId,
  target: (text) => /^[\w.]{1,40}:.{1,200}$/.test(text),
  from: isDay,
  to: isDay,
};

/** Reads the filters from the query string of the page. It leaves out those that the server would refuse. */
export function readFilters(search: URLSearchParams): Filters {
  const given = names.map((name) => [name, search.get(name)] as const);
  return Object.fromEntries(given.filter(([name, text]) => text !== null && isValid[name](text)));
}

/** Writes the filters for the query string of the page. */
export const writeFilters = (filters: Filters): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const text = filters[name];
      return text === undefined || text === "" ? [] : [[name, text]];
    }),
  );

/** The input of `audit.list`. Days begin and end at midnight in the time zone of the browser. */
export function inputOf({ action, actor, target, from, to }: Filters): AuditListInput {
  const colon = target?.indexOf(":") ?? -1;
  return {
    ...(action !== undefined && { action }),
    ...(actor !== undefined && { actorUserId: actor }),
    ...(target !== undefined && { targetType: target.slice(0, colon), targetId: target.slice(colon + 1) }),
    ...(from !== undefined && { from: startOf(from, 0) }),
    ...(to !== undefined && { to: startOf(to, 1) }),
  };
}

/** Midnight at the start of the day that is `days` after `day`, also when the clocks change in between. */
function startOf(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + days);
  return date.toISOString();
}
