import { DriverAdapterError } from "@prisma/driver-adapter-utils";
import { expect, it } from "vitest";
import { DatabaseBusy, DatabaseDown, failureOf } from "../../src/index.ts";

// Found by 64 callers whose connections were killed at random: Prisma's adapter makes a kind of its own of a socket's
// error and drops the code, so that the server took it for a bug of its own.
it.each([
  { kind: "ConnectionClosed" } as const,
  { kind: "DatabaseNotReachable", host: "localhost", port: 5432 } as const,
  { kind: "SocketTimeout" } as const,
])(
  "F2 a socket that breaks in the midst of a transaction is a database that is not there: $kind",
  (cause) => {
    expect(failureOf(new DriverAdapterError(cause))).toBeInstanceOf(DatabaseDown);
  },
);

// A pooler's own words all have the one code, which PostgreSQL keeps for a broken protocol.
it.each([
  ["server connection closed", DatabaseDown],
  ["pgbouncer cannot connect to server", DatabaseDown],
  ["query_wait_timeout", DatabaseBusy],
  ["no more connections allowed (max_client_conn)", DatabaseBusy],
])("F2 what a pooler says for itself is a failure that the server knows: %s", (message, failure) => {
  expect(failureOf(Object.assign(new Error(message), { code: "08P01" }))).toBeInstanceOf(failure);
});
