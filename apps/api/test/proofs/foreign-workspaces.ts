// Ada's workspace, and three kinds of rows that are not hers: those of a stranger, those of another workspace in which Ada
// is an admin too, and those of a colleague. Calls of the API create them where that is possible.
import { permissions } from "@projostack/authz";
import { arrive, call, foundWorkspace, join, type Person, type TestServer } from "../kit/index.ts";
import type { Corner } from "../resources/fixture.ts";
import { creations, inputOf, setScene, things, type Scene } from "../resources/index.ts";
import type { NamingField } from "./naming-fields.ts";

export interface ForeignWorkspaces {
  readonly ada: Person;
  /** A key of Ada's workspace with every permission that a key can have. */
  readonly keyToken: string;
  readonly keyId: string;
  /** Another key of Ada's workspace, which has an audit entry of its own. */
  readonly actingKeyId: string;
  readonly workspaceId: string;
  /** Another workspace of Ada's, for the things that are to end. */
  readonly spareId: string;
  readonly email: string;
  readonly eve: Corner;
  /** In another workspace, of which Ada is an admin too. */
  readonly elsewhere: Corner;
  /** A second admin of Ada's workspace, and what belongs to that admin alone. */
  readonly colleague: Corner;
}

export async function buildForeignWorkspaces(server: TestServer): Promise<ForeignWorkspaces> {
  const [ada, eve, zoe, carl] = await Promise.all([
    arrive(server, "ada"),
    arrive(server, "eve"),
    arrive(server, "zoe"),
    arrive(server, "carl"),
  ]);
  const workspaceId = await foundWorkspace(ada);
  await join(server, workspaceId, carl, "admin");
  const elsewhereId = await foundWorkspace(zoe);
  await join(server, elsewhereId, ada, "admin");
  const { data } = await ada.call(
    "serviceKeys.create",
    { name: "All", role: "admin", scopes: permissions },
    workspaceId,
  );
  return {
    ada,
    keyToken: String(data.token),
    keyId: String(data.id),
    actingKeyId: await actingKeyOf(server, ada, workspaceId),
    workspaceId,
    spareId: await foundWorkspace(ada, "Spare"),
    email: ada.email,
    eve: await cornerOf(server, eve, await foundWorkspace(eve)),
    elsewhere: await cornerOf(server, zoe, elsewhereId),
    colleague: await cornerOf(server, carl, await foundWorkspace(carl)),
  };
}

/** Two rows in every list. The user's own calls create some of them, so that these have audit entries. */
async function cornerOf(server: TestServer, person: Person, workspaceId: string): Promise<Corner> {
  const setting = { workspaceId, email: person.email };
  await setScene(server, person, setting);
  const scene = await setScene(server, person, setting);
  const recordedKeyId = await fillLists(person, scene);
  return { person, scene, recordedKeyId, actingKeyId: await actingKeyOf(server, person, workspaceId) };
}

/** Creates a service key and makes a call with it that is denied, which has an audit entry. @returns the id of the key */
async function actingKeyOf(server: TestServer, person: Person, workspaceId: string): Promise<string> {
  const input = { name: "Acting", role: "viewer", scopes: ["task:read"] };
  const { data } = await person.call("serviceKeys.create", input, workspaceId);
  const denied = await call(server.url, "members.list", { token: String(data.token), workspaceId });
  if (denied.error?.reason !== "permission.denied") throw new Error(denied.text);
  return String(data.id);
}

/** Creates one more row in every list of the workspace. @returns the id of the service key */
export async function fillLists(person: Person, scene: Scene): Promise<string> {
  let keyId = "";
  for (const name of creations) {
    const { data } = await person.call(name, inputOf(name, scene), scene.workspaceId);
    if (name === "serviceKeys.create") keyId = String(data.id);
  }
  return keyId;
}

/** The thing of a corner that the field names. */
export async function thingOf(corner: Corner, { thing, operation }: NamingField): Promise<unknown> {
  const known = things.get(thing);
  if (!known) throw new Error(`No fixture in apps/api/test/resources has the thing "${thing}".`);
  return known.of(corner, operation);
}

/** Creates a thing of Ada's, ends it, and creates another like it. @returns the ended one; null if it cannot end */
export async function endedThing(
  server: TestServer,
  { ada, eve, workspaceId, spareId }: ForeignWorkspaces,
  { thing, scene }: { thing: string; scene: Scene },
): Promise<unknown> {
  const endBy = async (end: string) => {
    const create = `${end.split(".")[0] ?? ""}.create`;
    const input = inputOf(create, scene);
    const made = await ada.call(create, input, workspaceId);
    const ended = await ada.call(end, { id: String(made.data.id) }, workspaceId);
    const again = await ada.call(create, input, workspaceId);
    if (ended.status !== 200 || again.status !== 200) throw new Error(`${end}: ${ended.text} ${again.text}`);
    return String(made.data.id);
  };
  const newScene = () => setScene(server, ada, { workspaceId: spareId, email: ada.email });
  const context = { server, ada, eve, workspaceId, scene, newScene, endBy };
  return (await things.get(thing)?.end?.(context)) ?? null;
}
