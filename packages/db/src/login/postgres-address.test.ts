import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PostgresAddressError, readPostgresAddress } from "./postgres-address.ts";

const AUTHORITY = "-----BEGIN CERTIFICATE-----\nan authority\n-----END CERTIFICATE-----\n";

let directory: string;
let authority: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "projo-address-"));
  authority = join(directory, "ca.pem");
  writeFileSync(authority, AUTHORITY);
});
afterAll(() => rmSync(directory, { recursive: true }));

const remote = "postgres://server:s3cret@db.example.com:5432/projo";
const local = "postgres://server:s3cret@127.0.0.1/projo";
const tlsOf = (text: string) => readPostgresAddress(text).target.ssl;
const problemOf = (text: string): string => {
  try {
    readPostgresAddress(text);
  } catch (error) {
    if (error instanceof PostgresAddressError) return error.message;
    throw error;
  }
  throw new Error("The address was accepted.");
};

describe("readPostgresAddress", () => {
  it("requires TLS and a verified server on another machine, with or without an sslmode", () => {
    for (const query of ["", "?sslmode=require", "?sslmode=verify-full"]) {
      expect(tlsOf(remote + query), query).toEqual({ minVersion: "TLSv1.2", rejectUnauthorized: true });
    }
  });

  it("uses no TLS on this machine, and none elsewhere with sslmode=disable", () => {
    for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "%2Fvar%2Frun%2Fpostgresql"]) {
      const address = readPostgresAddress(`postgres://server@${host}/projo`);
      expect([address.isLocal, address.target.ssl], host).toEqual([true, false]);
    }
    const socket = readPostgresAddress("postgres:///projo?host=/var/run/postgresql");
    expect([socket.isLocal, socket.host, socket.target.ssl]).toEqual([true, "/var/run/postgresql", false]);
    expect(tlsOf(`${remote}?sslmode=disable`)).toBe(false);
  });

  it("treats a host as local only by its exact name or address, and reads the host from the query first", () => {
    const elsewhere = [
      "localhost.example.com",
      "127.0.0.1.example.com",
      "127.1",
      "10.0.0.5",
      "[::ffff:10.0.0.5]",
    ];
    for (const host of elsewhere) {
      const address = readPostgresAddress(`postgres://server@${host}/projo`);
      expect([address.isLocal, address.target.ssl !== false], host).toEqual([false, true]);
    }
    const moved = readPostgresAddress(`${local}?host=db.example.com`);
    expect([moved.isLocal, moved.host, moved.target.ssl !== false]).toEqual([false, "db.example.com", true]);
  });

  it("uses TLS on this machine when the address requests it", () => {
    expect(tlsOf(`${local}?sslmode=verify-full`)).toMatchObject({ rejectUnauthorized: true });
    expect(tlsOf(`${local}?sslrootcert=${authority}`)).toMatchObject({ ca: AUTHORITY });
  });

  it("reads a certificate authority, and with verify-ca checks only the authority", () => {
    const full = tlsOf(`${remote}?sslrootcert=${authority}`);
    expect(full).toEqual({ ca: AUTHORITY, minVersion: "TLSv1.2", rejectUnauthorized: true });
    expect(tlsOf(`${remote}?sslmode=verify-ca&sslrootcert=${authority}`)).toEqual({
      ca: AUTHORITY,
      minVersion: "TLSv1.2",
      rejectUnauthorized: true,
      checkServerIdentity: expect.any(Function),
    });
  });

  it("returns the parts of the address, and no connection string whose parameters pg would apply itself", () => {
    const { target } = readPostgresAddress(
      `${remote}?sslmode=require&application_name=x&channel_binding=require`,
    );
    expect(target).toEqual({
      host: "db.example.com",
      port: 5432,
      user: "server",
      password: "s3cret",
      database: "projo",
      ssl: { minVersion: "TLSv1.2", rejectUnauthorized: true },
      applicationName: "x",
      enableChannelBinding: true,
      requiresChannelBinding: true,
    });
  });

  it("decodes the user and the password", () => {
    expect(readPostgresAddress("postgres://a%40b:p%2Fq@localhost/projo").login).toEqual({
      user: "a@b",
      password: "p/q",
    });
    expect(readPostgresAddress("postgres://server@localhost/projo").login).toEqual({ user: "server" });
  });

  it.each([
    ["mysql://server:s3cret@host/projo", "must be an address such as"],
    ["s3cret", "must be an address such as"],
    ["postgres://server:%zz@host/projo", "must be an address such as"],
    [`${remote}?sslmode=prefer`, "has an sslmode that does not verify the server"],
    [`${remote}?sslmode=allow`, "has an sslmode that does not verify the server"],
    [`${remote}?sslmode=no-verify`, "has an sslmode that does not verify the server"],
    [`${remote}?sslmode=verify-ca`, "has sslmode=verify-ca without sslrootcert"],
    [`${remote}?ssl=true`, "has the parameter ssl, which is not supported"],
    [`${remote}?sslnegotiation=direct`, "has the parameter sslnegotiation"],
    [`${remote}?uselibpqcompat=true&sslmode=require`, "has the parameter uselibpqcompat"],
    [
      `${remote}?sslrootcert=/nowhere/ca.pem`,
      "names the file /nowhere/ca.pem as sslrootcert, which cannot be read (ENOENT)",
    ],
  ])("A3 rejects %s with a message that does not contain the password", (text, expected) => {
    const problem = problemOf(text);
    expect(problem).toContain(expected);
    expect(problem).not.toContain("s3cret");
  });
});
