/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests */
// Every sslmode, a private certificate authority, client certificates and channel binding against a real PostgreSQL with TLS:
// for the pool of the server and for the owner's connection.
import { chmodSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  connectionProblem,
  inspectConnection,
  openPool,
  PostgresAddressError,
  readPostgresAddress,
  withOwner,
  type ConnectionFacts,
  type PostgresAddress,
} from "../../src/index.ts";
import { hasOpenssl, noOpenssl, startTlsPostgres, type TlsPostgres } from "../kit/tls-postgres.ts";

it.runIf(process.env["CI"])("the machine has openssl", () => expect(hasOpenssl, noOpenssl).toBe(true));

describe.skipIf(!hasOpenssl)(`over TLS${hasOpenssl ? "" : ` (${noOpenssl})`}`, () => {
  let postgres: TlsPostgres;
  beforeAll(async () => {
    postgres = await startTlsPostgres({
      hba: ["hostssl bound all all scram-sha-256", "hostssl plain all all password"],
    });
    for (const name of ["bound", "plain"]) {
      await withOwner({ ...postgres.owner, database: "postgres" }, (owner) =>
        owner.query(`CREATE DATABASE ${name}`),
      );
    }
  });
  afterAll(() => postgres?.stop());

  const addressOf = (parameters: string, host = "localhost", database = "postgres"): string => {
    const { user, password = "", port } = postgres.owner;
    return `postgres://${user}:${password}@${host}:${port}/${database}?${parameters}`;
  };

  /** Connects as the server and as the owner. @returns what both found, or the problem, which must be the same */
  async function connect(text: string): Promise<ConnectionFacts["tls"] | string> {
    let address: PostgresAddress;
    try {
      address = readPostgresAddress(text);
    } catch (error) {
      if (error instanceof PostgresAddressError) return error.message;
      throw error;
    }
    const { target } = address;
    const asServer = async () => {
      const pool = openPool({ target, max: 1 });
      try {
        const client = await pool.connect();
        return await inspectConnection(client, target).finally(() => client.release());
      } finally {
        await pool.end();
      }
    };
    const asOwner = () => withOwner(target, (owner) => inspectConnection(owner, target));
    const outcomeOf = (open: () => Promise<ConnectionFacts>) =>
      open().then(
        ({ tls }) => tls,
        (error: unknown) => connectionProblem(error, "X") ?? String(error),
      );
    // On a busy machine an answer may exceed the time limit, which is not what these tests are about.
    const settled = async (open: () => Promise<ConnectionFacts>) => {
      for (let tries = 0; ; tries += 1) {
        const outcome = await outcomeOf(open);
        if (tries === 5 || typeof outcome !== "string" || !outcome.includes("in time")) return outcome;
      }
    };
    const [server, owner] = [await settled(asServer), await settled(asOwner)];
    expect(owner, text.split("?")[1]).toEqual(server);
    return server ?? null;
  }

  const certificate = (key = "client.key") =>
    `sslcert=${postgres.path("client.pem")}&sslkey=${postgres.path(key)}`;
  const authority = (name = "ca.pem") => `sslrootcert=${postgres.path(name)}`;
  const verified = { version: "TLSv1.3", isHostNameChecked: true };

  it("each sslmode has its documented meaning", async () => {
    const trusted = `${authority()}&${certificate()}`;
    for (const mode of ["", "sslmode=require&", "sslmode=verify-full&"]) {
      expect(await connect(addressOf(`${mode}${trusted}`)), mode).toMatchObject(verified);
      expect(await connect(addressOf(`${mode}${trusted}`, "127.0.0.1")), mode).toMatch(
        /^X: the certificate of PostgreSQL is for another host name \(.*127\.0\.0\.1.*\)\. Use a host name of the certificate/,
      );
    }
    const byAuthority = addressOf(`sslmode=verify-ca&${trusted}`, "127.0.0.1");
    expect(await connect(byAuthority)).toMatchObject({ ...verified, isHostNameChecked: false });
    expect(await connect(addressOf("sslmode=disable"))).toBeNull();
    expect(await connect(addressOf(""))).toBeNull();
    for (const mode of ["allow", "prefer", "no-verify"]) {
      expect(await connect(addressOf(`sslmode=${mode}&${trusted}`)), mode).toMatch(
        /does not verify the server/,
      );
    }
  });

  it("a certificate of an unknown authority is refused, with every mode that verifies", async () => {
    for (const parameters of [
      "sslmode=require",
      "sslmode=verify-full",
      "sslmode=verify-full&sslrootcert=system",
    ]) {
      expect(await connect(addressOf(`${parameters}&${certificate()}`)), parameters).toMatch(
        /^X: the certificate of PostgreSQL was not accepted \(.+\)\. Name its authority's file with sslrootcert/,
      );
    }
    for (const mode of ["require", "verify-ca", "verify-full"]) {
      const other = addressOf(`sslmode=${mode}&${authority("other.pem")}&${certificate()}`);
      expect(await connect(other), mode).toMatch(/^X: the certificate of PostgreSQL was not accepted/);
    }
  });

  it("a client certificate signs in, and its problems are named", async () => {
    const secure = `sslmode=verify-full&${authority()}`;
    const encrypted = certificate("encrypted.key");
    expect(await connect(addressOf(`${secure}&${encrypted}&sslpassword=a%20passphrase`))).toMatchObject(
      verified,
    );
    expect(await connect(addressOf(`${secure}&${encrypted}`))).toMatch(
      /sslkey that is encrypted: add its passphrase/,
    );
    expect(await connect(addressOf(`${secure}&${encrypted}&sslpassword=wrong-word`))).toMatch(
      /^has an sslkey that sslpassword does not decrypt/,
    );
    expect(await connect(addressOf(`${secure}&${certificate("stranger.key")}`))).toMatch(
      /^has an sslkey that does not belong to its sslcert/,
    );
    const stranger = `sslcert=${postgres.path("stranger.pem")}&sslkey=${postgres.path("stranger.key")}`;
    for (const parameters of [secure, `${secure}&${stranger}`]) {
      expect(await connect(addressOf(parameters)), parameters).toMatch(
        /^X: PostgreSQL does not accept the client certificate \(.+\)\. Name a certificate for this user with sslcert/,
      );
    }
    const file = postgres.path("text.pem");
    writeFileSync(file, "-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n");
    expect(
      await connect(addressOf(`${secure}&sslcert=${file}&sslkey=${postgres.path("client.key")}`)),
    ).toMatch(/^has an sslcert or sslkey that cannot be used/);
    chmodSync(file, 0o600);
  });

  it("channel_binding=require binds the login to TLS, and refuses a login that is not bound", async () => {
    const bound = `sslmode=verify-full&${authority()}&channel_binding=require`;
    expect(await connect(addressOf(bound, "localhost", "bound"))).toMatchObject(verified);
    expect(await connect(addressOf(bound.replace("require", "prefer"), "localhost", "bound"))).toMatchObject(
      verified,
    );
    for (const [database, more] of [
      ["plain", ""],
      ["postgres", `&${certificate()}`],
    ] as const) {
      expect(await connect(addressOf(bound + more, "localhost", database)), database).toMatch(
        /^X: PostgreSQL or a pooler there offers no channel binding\. Connect to PostgreSQL itself/,
      );
    }
  });
});
