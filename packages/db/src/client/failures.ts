// What can go wrong at the database, in words that the server can act on. Prisma and pg each wrap the
// driver's error in their own way; here is the one place that looks inside.

/** What a write relied on is no more: the membership, its role, or the service key. */
export class MembershipChanged extends Error {
  override readonly name = "MembershipChanged";
  readonly change: Change;

  constructor(change: Change, cause: unknown) {
    super(`The right that this write relied on is no more: ${change}.`, { cause });
    this.change = change;
  }
}

type Change = "ended" | "demoted" | "key ended";

/** The database has no room for this now: no connection came free, or the statement took too long. */
export class DatabaseBusy extends Error {
  override readonly name = "DatabaseBusy";
}

/** The database cannot be reached. */
export class DatabaseDown extends Error {
  override readonly name = "DatabaseDown";
}

const BUSY = new Set(["57014", "53300", "55P03", "40P01", "40001", "P2024", "P2028"]);
// What PgBouncer says when it has no connection to lend.
const POOLER_FULL = /^(query_wait_timeout|no more connections allowed)/;
const DOWN = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "3D000",
  "57P01",
  "57P02",
  "57P03",
  "08000",
  "08003",
  "08006",
  "08P01", // a pooler's every word of its own: PostgreSQL is not there, or went
  "P1001",
  "P1002",
  "P1017",
]);

// The last three are what Prisma's adapter makes of a socket's error, whose code it drops.
const CONNECTION_GONE =
  /Connection terminated|server closed the connection|connection error and is not queryable|^(ConnectionClosed|DatabaseNotReachable|SocketTimeout)$/;

/** The failure in the server's words, or the error as it came. */
export function failureOf(error: unknown): unknown {
  for (const { code, message } of layersOf(error)) {
    if (code === "PJ404") return new MembershipChanged("ended", error);
    if (code === "PJ401") return new MembershipChanged("key ended", error);
    if (code === "PJ403") return new MembershipChanged("demoted", error);
    if (code !== undefined && (BUSY.has(code) || POOLER_FULL.test(message)))
      return new DatabaseBusy("The database is busy.", { cause: error });
    if (code !== undefined && DOWN.has(code))
      return new DatabaseDown("The database is not there.", { cause: error });
    if (
      /timeout exceeded when trying to connect|Unable to start a transaction in the given time/.test(message)
    ) {
      return new DatabaseBusy("The database is busy.", { cause: error });
    }
    if (CONNECTION_GONE.test(message)) {
      return new DatabaseDown("The database is not there.", { cause: error });
    }
  }
  return error;
}

/** The name of the constraint that a statement broke, or null. */
export function brokenConstraint(error: unknown): string | null {
  for (const layer of layersOf(error)) {
    if (typeof layer.constraint === "string") return layer.constraint;
  }
  return null;
}

/** Whether the statement was to change one row, and found none. */
export function isMissingRow(error: unknown): boolean {
  return [...layersOf(error)].some(({ code }) => code === "P2025");
}

interface Layer {
  code: string | undefined;
  message: string;
  constraint: unknown;
}

/** The error, what caused it, and what the drivers tucked into `meta` and `cause`, from the outside in. */
function* layersOf(error: unknown): Generator<Layer> {
  const seen = new Set<unknown>();
  const queue: unknown[] = [error];
  while (queue.length > 0 && seen.size < 12) {
    const layer = queue.shift();
    if (typeof layer !== "object" || layer === null || seen.has(layer)) continue;
    seen.add(layer);
    const { code, originalCode, message, constraint, meta, cause, driverAdapterError } = layer as Record<
      string,
      unknown
    >;
    yield {
      code: asText(originalCode ?? code),
      message: asText(message) ?? "",
      constraint: nameOf(constraint),
    };
    queue.push(meta, cause, driverAdapterError);
  }
}

const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** pg gives the constraint's name; Prisma's adapter wraps it as `{ index: name }`. */
function nameOf(constraint: unknown): unknown {
  if (typeof constraint === "object" && constraint !== null && "index" in constraint) return constraint.index;
  return constraint;
}
