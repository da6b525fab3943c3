// Sends every kind of credential wherever one can stand: as the bearer token of every operation, and in every input field
// that takes a token or a cursor. The contract gives the list of fields.
import { can, canBeScope, type Permission, type Role } from "@projostack/authz";
import { operations, type NamedOperation } from "@projostack/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import {
  again,
  arrive,
  call,
  foundWorkspace,
  signUp,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { credentialKinds, type CredentialKind } from "../resources/fixture.ts";
import {
  inputOf,
  operationFixture,
  permissionsFor,
  setScene,
  tokenFor,
  type Scene,
} from "../resources/index.ts";
import { printTable } from "./print-table.ts";

const kinds = credentialKinds;
type Kind = CredentialKind;

const KEY_ROLE: Role = "member";
const KEY_SCOPES: readonly string[] = ["task:read", "task:write"];

let server: TestServer;
let admin: Person;
let account: Person;
let workspaceId: string;
let serviceKey: string;

beforeAll(async () => {
  server = await startTestServer();
  account = await signUp(server, "account");
  admin = await arrive(server, "admin");
  workspaceId = await foundWorkspace(admin);
  const { data } = await admin.call(
    "serviceKeys.create",
    { name: "Mill", role: KEY_ROLE, scopes: KEY_SCOPES },
    workspaceId,
  );
  serviceKey = String(data.token);
});
afterAll(() => server.close());

/** Returns a valid credential of each kind. Except for the key, no call has used it before. */
async function credentialsOf(scene: Scene): Promise<Record<Kind, string>> {
  const lists = await again(server, admin);
  await lists.call("projects.create", { name: "One more" }, workspaceId);
  const { data } = await lists.call("projects.list", { limit: 1 }, workspaceId);
  return {
    "access token": scene.accessToken,
    "refresh token": scene.refreshToken,
    "service key": serviceKey,
    "invite token": scene.inviteToken,
    "verification token": scene.verifyToken,
    "reset token": scene.resetToken,
    cursor: String(data.nextCursor),
  };
}

const outcomeOf = ({ status, error }: Answer): string =>
  [status, error?.reason].filter((part) => part !== undefined).join(" ");

const aScene = () => setScene(server, admin, { workspaceId, email: account.email });

/** The outcome for a bearer token: only an access token authenticates a user, and only a service key a service. */
function verdictOnBearer(one: NamedOperation, kind: Kind): string {
  const { access } = one.operation;
  if (access === "public") return "200";
  if (kind !== "access token" && kind !== "service key") return "401 auth.unauthenticated";
  if (access === "session") return kind === "access token" ? "200" : "403 auth.person_required";
  const holds = (permission: Permission) =>
    kind === "access token"
      ? can("admin", permission)
      : KEY_SCOPES.includes(permission) && canBeScope(KEY_ROLE, permission);
  return permissionsFor(one).every(holds) ? "200" : "403 permission.denied";
}

interface TokenField {
  readonly name: string;
  readonly field: string;
}

/** Every input field that takes a token or a cursor. */
const tokenFields: readonly TokenField[] = operations.flatMap(({ name, operation }) => {
  const { properties } = z.toJSONSchema(operation.input, { io: "input" });
  return Object.keys(properties ?? {})
    .filter((field) => /token$|^cursor$/i.test(field))
    .map((field) => ({ name, field }));
});

function verdictOnField({ name, field }: TokenField, kind: Kind): string {
  if (field === "cursor") return name === "projects.list" && kind === "cursor" ? "200" : "400 cursor.invalid";
  const { tokens } = operationFixture(name);
  if (!tokens)
    throw new Error(
      `The fixture of ${name} needs \`tokens\`: the kinds of credential that ${field} accepts.`,
    );
  return tokens.accepts.includes(kind) ? "200" : tokens.otherwise;
}

async function putInto({ name, field }: TokenField, credential: string, scene: Scene): Promise<string> {
  const input = { ...inputOf(name, scene), [field]: credential };
  const bearer = name === "auth.signOut" ? undefined : tokenFor(name, await again(server, admin), scene);
  const answer = await call(server.url, name, { input, token: bearer, workspaceId });
  const isInactive = name === "tokens.introspect" && answer.data?.active === false;
  return outcomeOf(answer) + (isInactive ? ", not active" : "");
}

describe("M4 S5 a bearer token", () => {
  it.each(operations)("M4 S5 $name: accepts only an access token or a service key", async (one) => {
    const { name, operation } = one;
    const found: Record<string, string> = {};
    let scene = await aScene();
    let credentials = await credentialsOf(scene);
    for (const kind of kinds) {
      const answer = await call(server.url, name, {
        input: inputOf(name, scene),
        token: credentials[kind],
        workspaceId,
      });
      found[kind] = outcomeOf(answer);
      if (answer.status !== 200 || operation.kind === "query") continue;
      scene = await aScene();
      credentials = await credentialsOf(scene);
    }
    const expected = kinds.map((kind) => [kind, verdictOnBearer(one, kind)]);
    expect(found).toEqual(Object.fromEntries(expected));
  });
});

describe("S5 a credential in an input", () => {
  it.each(tokenFields)(
    "S5 $name $field: accepts only the right kind of credential, also after attempts with the other kinds",
    async (door) => {
      const scene = await aScene();
      const credentials = await credentialsOf(scene);
      const found: Record<string, string> = {};
      // The right kinds come last, which shows that the attempts with the other kinds did not use them up.
      const isRight = (kind: Kind) => verdictOnField(door, kind) === "200";
      for (const kind of [...kinds].toSorted((one, other) => Number(isRight(one)) - Number(isRight(other)))) {
        found[kind] = await putInto(door, credentials[kind], scene);
      }
      const expected = kinds.map((kind) => [kind, verdictOnField(door, kind)]);
      expect(found).toEqual(Object.fromEntries(expected));
    },
  );

  it("S4 S5 sending a credential to the wrong place does not end it", async () => {
    const scene = await aScene();
    const credentials = await credentialsOf(scene);
    const closed = tokenFields.filter(({ name }) => name !== "auth.signOut");
    for (const door of closed) {
      for (const kind of kinds) {
        if (verdictOnField(door, kind) !== "200") await putInto(door, credentials[kind], scene);
      }
    }
    // An accepted invite has no preview, and cannot be declined: the test above declines one after such attempts.
    const acceptedLast = closed
      .filter(({ name }) => name !== "invites.decline")
      .toSorted(
        (one, other) => Number(one.name === "invites.accept") - Number(other.name === "invites.accept"),
      );
    for (const door of acceptedLast) {
      for (const kind of kinds.filter((one) => verdictOnField(door, one) === "200")) {
        expect(await putInto(door, credentials[kind], scene), `${door.name} by ${kind}`).toBe("200");
      }
    }
    expect(await call(server.url, "tasks.list", { token: serviceKey })).toMatchObject({ status: 200 });
  });

  it("S5 S7 signing out ends the session of the token, and ends nothing with any other credential", async () => {
    const person = await arrive(server, "leaver");
    const scene = await setScene(server, admin, { workspaceId, email: account.email, caller: person });
    const credentials = await credentialsOf(scene);
    const liveSessions = async () => {
      const rows = await server.database.owner("SELECT FROM sessions WHERE expires_at > now()");
      return rows.length;
    };
    const ended: Record<string, number> = {};
    for (const kind of kinds) {
      const before = await liveSessions();
      const input = { refreshToken: credentials[kind] };
      expect(await call(server.url, "auth.signOut", { input })).toMatchObject({ status: 200 });
      ended[kind] = before - (await liveSessions());
    }
    const none = Object.fromEntries(kinds.map((kind) => [kind, 0]));
    expect(ended).toEqual({ ...none, "access token": 1, "refresh token": 1 });
  });
});

describe("the printed matrix", () => {
  // Update it with: pnpm generate:printed
  it("M4 S5 credential-matrix.md is up to date", async () => {
    await expect(matrix()).toMatchFileSnapshot("credential-matrix.md");
  });
});

function matrix(): string {
  const printedBy = "credentials.test.ts, which also sends every credential to every place";
  const asBearer = operations.map((one) => [
    one.name,
    "bearer token",
    ...kinds.map((kind) => verdictOnBearer(one, kind)),
  ]);
  const inFields = tokenFields.map((door) => [
    door.name,
    door.field,
    ...kinds.map((kind) => verdictOnField(door, kind)),
  ]);
  return printTable({
    printedBy,
    title: "Outcome of each operation, by credential",
    header: ["operation", "sent as", ...kinds],
    rows: [...asBearer, ...inFields],
  });
}
