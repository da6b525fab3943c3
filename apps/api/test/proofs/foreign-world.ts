// Ada's workspace, and what is none of hers: of a stranger, of another workspace that she is an admin of too, of a
// colleague, and what was hers and is gone. Each is put there the way it comes to be in life, where that is possible.
import { permissions } from "@projostack/authz";
import { arrive, foundWorkspace, join, startSession, type Person, type TestServer } from "../kit/index.ts";
import { inputOf, setScene, type Scene } from "./inputs.ts";
import type { NamingField, Noun } from "./naming-fields.ts";

export interface World {
  readonly ada: Person;
  /** A key of Ada's workspace that may do all that a key can. */
  readonly keyToken: string;
  readonly keyId: string;
  readonly workspaceId: string;
  /** Another of hers, where things are made that are to end. */
  readonly spareId: string;
  readonly email: string;
  readonly eve: Corner;
  /** Of another workspace, in which Ada is an admin as here. */
  readonly elsewhere: Corner;
  /** An admin beside Ada, and what is theirs alone. */
  readonly colleague: Corner;
}

/** Somebody, and what is theirs. */
export interface Corner {
  readonly person: Person;
  readonly scene: Scene;
  /** A key whose making is on record. */
  readonly keyId: string;
}

export async function buildWorld(server: TestServer): Promise<World> {
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
    workspaceId,
    spareId: await foundWorkspace(ada, "Spare"),
    email: ada.email,
    eve: await cornerOf(server, eve, await foundWorkspace(eve)),
    elsewhere: await cornerOf(server, zoe, elsewhereId),
    colleague: await cornerOf(server, carl, await foundWorkspace(carl)),
  };
}

/** Two of everything that is listed, some made by the person's own calls, so that it is on record. */
async function cornerOf(server: TestServer, person: Person, workspaceId: string): Promise<Corner> {
  const setting = { workspaceId, email: person.email };
  await setScene(server, person, setting);
  const scene = await setScene(server, person, setting);
  return { person, scene, keyId: await furnish(person, scene) };
}

/** @returns the id of a key that was made */
export async function furnish(person: Person, scene: Scene): Promise<string> {
  for (const name of ["invites.create", "projects.create", "tasks.create"])
    await person.call(name, inputOf(name, scene), scene.workspaceId);
  const { data } = await person.call(
    "serviceKeys.create",
    inputOf("serviceKeys.create", scene),
    scene.workspaceId,
  );
  return String(data.id);
}

/** What a corner has of a noun. */
export async function thingOf(
  { person, scene, keyId }: Corner,
  { noun, operation }: NamingField,
): Promise<unknown> {
  const things: Readonly<Record<Noun, () => unknown>> = {
    "access token": () => scene.accessToken,
    actor: () => scene.userId,
    "chain point": async () =>
      (await person.call("audit.verify", { limit: 1 }, scene.workspaceId)).data.last as unknown,
    checkpoint: async () => (await person.call("audit.checkpoint", {}, scene.workspaceId)).data as unknown,
    club: () => scene.clubId,
    cursor: async () =>
      (await person.call(operation, { limit: 1 }, scene.workspaceId)).data.nextCursor as unknown,
    invite: () => scene.inviteId,
    "invite token": () => scene.inviteToken,
    key: () => scene.keyId,
    member: () => scene.memberId,
    project: () => scene.projectId,
    ruin: () => scene.ruinId,
    session: () => scene.sessionId,
    target: () => keyId,
    task: () => scene.taskId,
    workspace: () => scene.workspaceId,
  };
  return things[noun]();
}

/** Makes one, ends it, and makes another like it where there can be one: what the first was called. Null: it stays. */
export async function endedThing(server: TestServer, world: World, noun: Noun): Promise<unknown> {
  const { ada, eve, workspaceId, spareId } = world;
  const twice = async (make: string, end: string, input: object) => {
    const made = await ada.call(make, input, workspaceId);
    const ended = await ada.call(end, { id: String(made.data.id) }, workspaceId);
    const again = await ada.call(make, input, workspaceId);
    if (ended.status !== 200 || again.status !== 200) throw new Error(`${end}: ${ended.text} ${again.text}`);
    return String(made.data.id);
  };
  const newScene = () => setScene(server, ada, { workspaceId: spareId, email: ada.email });
  const formerMember = async () => {
    const former = await arrive(server, `former${performance.now()}`);
    await join(server, workspaceId, former, "member");
    await ada.call("members.remove", { userId: former.id }, workspaceId);
    return former;
  };
  const makings: Partial<Record<Noun, () => Promise<string>>> = {
    "access token": async () => (await formerMember()).token,
    actor: async () => (await formerMember()).id,
    club: async () => {
      const { clubId } = await newScene();
      await ada.call("workspaces.leave", { workspaceId: clubId });
      return clubId;
    },
    invite: () => twice("invites.create", "invites.revoke", { email: "again@example.com" }),
    "invite token": async () => {
      const theirs = eve.scene.workspaceId;
      const made = await eve.person.call("invites.create", { email: ada.email }, theirs);
      await eve.person.call("invites.revoke", { id: String(made.data.id) }, theirs);
      await eve.person.call("invites.create", { email: ada.email }, theirs);
      return String(made.data.token);
    },
    key: () => twice("serviceKeys.create", "serviceKeys.revoke", { name: "Again", scopes: ["task:read"] }),
    member: async () => (await formerMember()).id,
    project: () => twice("projects.create", "projects.delete", { name: "Again" }),
    ruin: async () => {
      const { ruinId } = await newScene();
      await server.database.owner(
        "UPDATE workspaces SET deleted_at = now() - interval '31 days' WHERE id = $1",
        [ruinId],
      );
      return ruinId;
    },
    session: async () => {
      const { sessionId } = await startSession(server, ada.id);
      await ada.call("sessions.revoke", { id: sessionId });
      return sessionId;
    },
    task: async () => {
      const { data } = await ada.call("projects.create", { name: "Tasks" }, workspaceId);
      return twice("tasks.create", "tasks.delete", { projectId: String(data.id), title: "Again" });
    },
    workspace: async () => {
      const { clubId } = await newScene();
      await ada.call("workspaces.leave", { workspaceId: clubId });
      return clubId;
    },
  };
  return (await makings[noun]?.()) ?? null;
}
