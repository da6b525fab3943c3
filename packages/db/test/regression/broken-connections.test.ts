import { DriverAdapterError } from "@prisma/driver-adapter-utils";
import { expect, it } from "vitest";
import { DatabaseBusy, DatabaseDown, failureOf } from "../../src/index.ts";

// Found by 64 callers whose connections were killed at random: Prisma's adapter replaces a socket error by an error without
// its code, so the server treated it as a bug.
it.each([
  { kind: "ConnectionClosed" } as const,
  { kind: "DatabaseNotReachable", host: "localhost", port: 5432 } as const,
  { kind: "SocketTimeout" } as const,
])("F2 maps a socket error during a transaction to DatabaseDown: $kind", (cause) => {
  expect(failureOf(new DriverAdapterError(cause))).toBeInstanceOf(DatabaseDown);
});

// All errors of a pooler have the same code, which PostgreSQL uses for a protocol violation.
it.each([
  ["server connection closed", DatabaseDown],
  ["pgbouncer cannot connect to server", DatabaseDown],
  ["query_wait_timeout", DatabaseBusy],
  ["no more connections allowed (max_client_conn)", DatabaseBusy],
])("F2 maps an error of the pooler to a failure: %s", (message, failure) => {
  expect(failureOf(Object.assign(new Error(message), { code: "08P01" }))).toBeInstanceOf(failure);
});
