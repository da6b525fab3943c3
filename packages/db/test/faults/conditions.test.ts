// Every error code and text that means that the database cannot work now.
import { expect, it } from "vitest";
import { DatabaseBusy, DatabaseDown, failureOf } from "../../src/index.ts";
import { failureOfReading } from "../../src/connection/failures.ts";

const thrown = (message: string, more: object = {}) => Object.assign(new Error(message), more);

const codes: readonly (readonly [code: string, failure: "busy" | "down", name: string])[] = [
  ["08000", "down", "connection_exception"],
  ["08001", "down", "sqlclient_unable_to_establish_sqlconnection"],
  ["08003", "down", "connection_does_not_exist"],
  ["08004", "down", "sqlserver_rejected_establishment_of_sqlconnection"],
  ["08006", "down", "connection_failure"],
  ["08007", "down", "connection_exception"],
  ["08P01", "down", "protocol_violation"],
  ["25006", "down", "read_only_sql_transaction"],
  ["25P03", "busy", "idle_in_transaction_session_timeout"],
  ["25P04", "busy", "transaction_timeout"],
  ["28000", "down", "invalid_authorization_specification"],
  ["28P01", "down", "invalid_password"],
  ["3D000", "down", "invalid_catalog_name"],
  ["40001", "busy", "serialization_failure"],
  ["40P01", "busy", "deadlock_detected"],
  ["53000", "busy", "insufficient_resources"],
  ["53100", "down", "disk_full"],
  ["53200", "busy", "out_of_memory"],
  ["53300", "busy", "too_many_connections"],
  ["53400", "busy", "insufficient_resources"],
  ["55P03", "busy", "lock_not_available"],
  ["57000", "down", "operator_intervention"],
  ["57014", "busy", "query_canceled"],
  ["57P01", "down", "admin_shutdown"],
  ["57P02", "down", "crash_shutdown"],
  ["57P03", "down", "cannot_connect_now"],
  ["57P04", "down", "database_dropped"],
  ["57P05", "down", "idle_session_timeout"],
  ["58000", "down", "system_error"],
  ["58030", "down", "io_error"],
  ["58P01", "down", "system_error"],
  ["ECONNABORTED", "down", "connection_aborted"],
  ["ECONNREFUSED", "down", "connection_refused"],
  ["ECONNRESET", "down", "connection_reset"],
  ["EPIPE", "down", "connection_reset"],
  ["ETIMEDOUT", "down", "connection_timeout"],
  ["EHOSTDOWN", "down", "host_unreachable"],
  ["EHOSTUNREACH", "down", "host_unreachable"],
  ["ENETDOWN", "down", "network_unreachable"],
  ["ENETUNREACH", "down", "network_unreachable"],
  ["EAI_AGAIN", "down", "name_not_resolved"],
  ["ENOTFOUND", "down", "name_not_resolved"],
  ["EADDRNOTAVAIL", "busy", "no_local_port"],
  ["EMFILE", "busy", "too_many_open_files"],
  ["P1001", "down", "connection_refused"],
  ["P1017", "down", "connection_reset"],
  ["P2024", "busy", "pool_exhausted"],
  ["P2028", "busy", "transaction_timeout"],
  ["P2034", "busy", "deadlock_detected"],
  ["CONNECTION_LOST", "down", "connection_lost"],
];
it.each(codes)("F11 maps the code %s to a %s database: %s", (code, severity, name) => {
  const failure = failureOf(thrown("as it came", { code }));
  expect(failure).toBeInstanceOf(severity === "busy" ? DatabaseBusy : DatabaseDown);
  expect(failure).toMatchObject({ condition: { severity, code, name }, cause: { message: "as it came" } });
});

const texts: readonly (readonly [text: string, failure: "busy" | "down", name: string])[] = [
  ["timeout exceeded when trying to connect", "busy", "pool_exhausted"],
  ["Unable to start a transaction in the given time.", "busy", "pool_exhausted"],
  ["Query read timeout", "down", "connection_lost"],
  ["timeout expired", "down", "connection_timeout"],
  ["Connection terminated due to connection timeout", "down", "connection_timeout"],
  ["Connection terminated unexpectedly", "down", "connection_reset"],
  ["Connection terminated", "down", "connection_reset"],
  ["server closed the connection unexpectedly", "down", "connection_reset"],
  ["Client has encountered a connection error and is not queryable", "down", "connection_reset"],
  ["Client was closed and is not queryable", "down", "connection_reset"],
  ["Cannot use a pool after calling end on the pool", "down", "server_stopping"],
  ["This socket has been ended by the other party", "down", "connection_reset"],
  ["The server does not support SSL connections", "down", "tls_refused"],
];
it.each(texts)("F11 maps the text '%s' to a %s database: %s", (text, severity, name) => {
  expect(failureOf(thrown(text))).toMatchObject({ condition: { severity, name } });
});

it("F11 finds the cause inside Prisma's errors and among the errors of several addresses", () => {
  const full = thrown("Invalid `prisma.task.create()` invocation", {
    code: "P2010",
    meta: { driverAdapterError: thrown("postgres", { cause: { originalCode: "53100" } }) },
  });
  expect(failureOf(full)).toMatchObject({ condition: { name: "disk_full" } });
  const addresses = new AggregateError([thrown("connect EHOSTUNREACH", { code: "EHOSTUNREACH" })], "");
  expect(failureOf(addresses)).toMatchObject({ condition: { name: "host_unreachable" } });
  const socket = thrown("connect ENOENT /run/.s.PGSQL.5432", { code: "ENOENT", syscall: "connect" });
  expect(failureOf(socket)).toMatchObject({ condition: { name: "connection_refused" } });
});

it.each([
  thrown("duplicate key", { code: "23505" }),
  thrown("invalid input syntax", { code: "22P02" }),
  thrown("permission denied", { code: "42501" }),
  thrown("no such file", { code: "ENOENT", syscall: "open" }),
  thrown("a bug"),
])("returns an error of the statement or the program unchanged: $message", (error) => {
  expect(failureOf(error)).toBe(error);
});

it("maps a write in a read-only scope to WriteInReadScope, although a standby has the same code", () => {
  const error = thrown("cannot execute UPDATE in a read-only transaction", {
    code: "25006",
    severity: "ERROR",
  });
  expect(failureOf(error)).toBeInstanceOf(DatabaseDown);
  const inRead = failureOfReading(failureOf(error));
  expect(inRead).toMatchObject({ name: "WriteInReadScope" });
  expect(failureOf(inRead)).toBe(inRead);
});
