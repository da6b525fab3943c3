// The conditions in which the database cannot do its work: a table of the error codes and texts of PostgreSQL, poolers,
// Prisma, pg and the operating system. A condition of a SQLSTATE has PostgreSQL's name (Appendix A of its documentation).

/** `busy`: a retry may succeed soon. `down`: the database must be repaired or become reachable first. */
export type Severity = "busy" | "down";

export interface Condition {
  readonly severity: Severity;
  /** A SQLSTATE, an errno code, a code of Prisma's, or one of this package. */
  readonly code: string;
  /** A stable name, which alerts may use. */
  readonly name: string;
}

/** The properties of an error that identify a condition. */
export interface ErrorFacts {
  readonly code: string | undefined;
  readonly message: string;
  /** The system call that failed, if one did. */
  readonly syscall: string | undefined;
}

/** The condition of an error, or null when the statement or the program is at fault. */
export function conditionOf({ code, message, syscall }: ErrorFacts): Condition | null {
  const known = code === undefined ? null : byCode(code, { message, syscall });
  return known ?? byText(message, code);
}

type Entry = readonly [severity: Severity, name: string];

const CODES: Readonly<Record<string, Entry>> = {
  // SQLSTATE
  "08000": ["down", "connection_exception"],
  "08001": ["down", "sqlclient_unable_to_establish_sqlconnection"],
  "08003": ["down", "connection_does_not_exist"],
  "08004": ["down", "sqlserver_rejected_establishment_of_sqlconnection"],
  "08006": ["down", "connection_failure"],
  // PgBouncer uses this code for all of its own errors, such as a lost or missing PostgreSQL.
  "08P01": ["down", "protocol_violation"],
  "25006": ["down", "read_only_sql_transaction"],
  "25P03": ["busy", "idle_in_transaction_session_timeout"],
  "25P04": ["busy", "transaction_timeout"],
  "28000": ["down", "invalid_authorization_specification"],
  "28P01": ["down", "invalid_password"],
  "3D000": ["down", "invalid_catalog_name"],
  "40001": ["busy", "serialization_failure"],
  "40P01": ["busy", "deadlock_detected"],
  "53100": ["down", "disk_full"],
  "53200": ["busy", "out_of_memory"],
  "53300": ["busy", "too_many_connections"],
  "55P03": ["busy", "lock_not_available"],
  "57014": ["busy", "query_canceled"],
  "57P01": ["down", "admin_shutdown"],
  "57P02": ["down", "crash_shutdown"],
  "57P03": ["down", "cannot_connect_now"],
  "57P04": ["down", "database_dropped"],
  "57P05": ["down", "idle_session_timeout"],
  "58030": ["down", "io_error"],
  // The operating system
  ECONNABORTED: ["down", "connection_aborted"],
  ECONNREFUSED: ["down", "connection_refused"],
  ECONNRESET: ["down", "connection_reset"],
  EPIPE: ["down", "connection_reset"],
  ETIMEDOUT: ["down", "connection_timeout"],
  EHOSTDOWN: ["down", "host_unreachable"],
  EHOSTUNREACH: ["down", "host_unreachable"],
  ENETDOWN: ["down", "network_unreachable"],
  ENETRESET: ["down", "network_unreachable"],
  ENETUNREACH: ["down", "network_unreachable"],
  EADDRNOTAVAIL: ["busy", "no_local_port"],
  EAI_AGAIN: ["down", "name_not_resolved"],
  ENOTFOUND: ["down", "name_not_resolved"],
  EMFILE: ["busy", "too_many_open_files"],
  ENFILE: ["busy", "too_many_open_files"],
  ENOBUFS: ["busy", "no_buffer_space"],
  // Prisma
  P1000: ["down", "invalid_password"],
  P1001: ["down", "connection_refused"],
  P1002: ["down", "connection_timeout"],
  P1008: ["busy", "query_timeout"],
  P1010: ["down", "invalid_authorization_specification"],
  P1017: ["down", "connection_reset"],
  P2024: ["busy", "pool_exhausted"],
  P2028: ["busy", "transaction_timeout"],
  P2034: ["busy", "deadlock_detected"],
  P2037: ["busy", "too_many_connections"],
  // Ours
  CONNECTION_LOST: ["down", "connection_lost"],
  CONNECTION_RETIRED: ["busy", "connection_retired"],
  UNSAFE_SETTINGS: ["down", "unsafe_settings"],
  NOT_POSTGRES: ["down", "not_postgres"],
  CHANNEL_NOT_BOUND: ["down", "channel_not_bound"],
};

/** The other codes in these classes of SQLSTATE. */
const CLASSES: Readonly<Record<string, Entry>> = {
  "08": ["down", "connection_exception"],
  "53": ["busy", "insufficient_resources"],
  "57": ["down", "operator_intervention"],
  "58": ["down", "system_error"],
};

/** The names of all conditions. */
export const conditionNames = (): string[] => [
  ...new Set([
    ...[...Object.values(CODES), ...Object.values(CLASSES)].map(([, name]) => name),
    ...TEXTS.map(([, , name]) => name),
    "pooler_full",
    "no_answer_in_time",
  ]),
];

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** These codes mean a failed connection only if the system call is `connect`: a missing file has the same code. */
const OF_CONNECT = new Set(["ENOENT", "EACCES", "EPERM"]);

function byCode(code: string, { message, syscall }: Omit<ErrorFacts, "code">): Condition | null {
  if (code === "08P01" && POOLER_FULL.test(message)) return { severity: "busy", code, name: "pooler_full" };
  if (OF_CONNECT.has(code) && (syscall === "connect" || message.includes(`connect ${code}`)))
    return { severity: "down", code, name: "connection_refused" };
  const entry = CODES[code] ?? (SQLSTATE.test(code) ? CLASSES[code.slice(0, 2)] : undefined);
  return entry ? { severity: entry[0], code, name: entry[1] } : null;
}

// PgBouncer's messages when it has no free connection.
const POOLER_FULL = /^(query_wait_timeout|no more connections allowed)/;

/** Errors of pg and Prisma without a code. The names in CamelCase are from Prisma's adapter, which drops the code. */
const TEXTS: readonly (readonly [text: RegExp, ...Entry])[] = [
  [/timeout exceeded when trying to connect/, "busy", "pool_exhausted"],
  [/Unable to start a transaction in the given time/, "busy", "pool_exhausted"],
  [/Query read timeout/, "down", "connection_lost"],
  [/Connection terminated due to connection timeout|timeout expired$/, "down", "connection_timeout"],
  [/Cannot use a pool after calling end/, "down", "server_stopping"],
  [/^(?:TransactionWriteConflict)$/, "busy", "deadlock_detected"],
  [/^(?:TooManyConnections)$/, "busy", "too_many_connections"],
  [/^(?:SocketTimeout)$/, "down", "connection_timeout"],
  [/^(?:DatabaseNotReachable)$/, "down", "connection_refused"],
  [/^(?:ConnectionClosed)$/, "down", "connection_reset"],
  [/establishing an SSL connection|does not support SSL connections/, "down", "tls_refused"],
  [/Connection terminated|server closed the connection/, "down", "connection_reset"],
  [
    /connection error and is not queryable|Client was closed and is not queryable/,
    "down",
    "connection_reset",
  ],
  [/socket has been ended by the other party|write after end/, "down", "connection_reset"],
];

function byText(message: string, code: string | undefined): Condition | null {
  const found = TEXTS.find(([text]) => text.test(message));
  return found ? { severity: found[1], code: code ?? "none", name: found[2] } : null;
}
