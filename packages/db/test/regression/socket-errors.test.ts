import { DriverAdapterError } from "@prisma/driver-adapter-utils";
import { expect, it } from "vitest";
import { DatabaseDown, failureOf } from "../../src/index.ts";

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
