// Every kind of credential at every door: as the bearer's token of every operation, and in every field of an input that
// takes a token or a cursor. The table of fields is read off the contract.
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

/** A genuine one of each kind. But for the key, nothing has used it yet. */
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

/** As a bearer's token: only an access token is a person's, and only a service key a service's. */
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

/** Every field of an input that takes a token or a cursor. */
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

describe("M4 S5 as the bearer's token", () => {
  it.each(operations)("M4 S5 $name: only what is a token of access gives any", async (one) => {
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

describe("S5 in an input", () => {
  it.each(tokenFields)(
    "S5 $name $field: only the right kind opens it, whatever was tried before",
    async (door) => {
      const scene = await aScene();
      const credentials = await credentialsOf(scene);
      const found: Record<string, string> = {};
      // The right ones last: that others were tried has used none of them up.
      const isRight = (kind: Kind) => verdictOnField(door, kind) === "200";
      for (const kind of [...kinds].toSorted((one, other) => Number(isRight(one)) - Number(isRight(other)))) {
        found[kind] = await putInto(door, credentials[kind], scene);
      }
      const expected = kinds.map((kind) => [kind, verdictOnField(door, kind)]);
      expect(found).toEqual(Object.fromEntries(expected));
    },
  );

  it("S4 S5 no credential ends by being put where it does not belong", async () => {
    const scene = await aScene();
    const credentials = await credentialsOf(scene);
    const closed = tokenFields.filter(({ name }) => name !== "auth.signOut");
    for (const door of closed) {
      for (const kind of kinds) {
        if (verdictOnField(door, kind) !== "200") await putInto(door, credentials[kind], scene);
      }
    }
    // An invite that was accepted has no preview.
    const acceptedLast = closed.toSorted(
      (one, other) => Number(one.name === "invites.accept") - Number(other.name === "invites.accept"),
    );
    for (const door of acceptedLast) {
      for (const kind of kinds.filter((one) => verdictOnField(door, one) === "200")) {
        expect(await putInto(door, credentials[kind], scene), `${door.name} by ${kind}`).toBe("200");
      }
    }
    expect(await call(server.url, "tasks.list", { token: serviceKey })).toMatchObject({ status: 200 });
  });

  it("S5 S7 signing out ends a session by a token of that session, and nothing by any other", async () => {
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
  // When it changed on purpose: npx vitest run apps/api/test/proofs --update
  it("M4 S5 is the one that holds", async () => {
    await expect(matrix()).toMatchFileSnapshot("credential-matrix.md");
  });
});

function matrix(): string {
  const printedBy = "credentials.test.ts, which also puts every credential to every door";
  const asBearer = operations.map((one) => [
    one.name,
    "the bearer's token",
    ...kinds.map((kind) => verdictOnBearer(one, kind)),
  ]);
  const inFields = tokenFields.map((door) => [
    door.name,
    door.field,
    ...kinds.map((kind) => verdictOnField(door, kind)),
  ]);
  return printTable({
    printedBy,
    title: "What each credential opens",
    header: ["operation", "sent as", ...kinds],
    rows: [...asBearer, ...inFields],
  });
}
