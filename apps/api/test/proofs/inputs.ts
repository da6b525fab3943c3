// A minimal valid input for each operation. An operation of the contract without a row here fails the proofs.
import { randomUUID } from "node:crypto";
import { formatOneTimeToken, formatRefreshToken } from "../../src/infra/tokens.ts";
import { again, arrive, password, startSession, type Person, type TestServer } from "../kit/index.ts";

/** What there is for an input to name. */
export interface Scene {
  readonly workspaceId: string;
  readonly projectId: string;
  readonly taskId: string;
  readonly userId: string;
  /** The email of an account with the kit's password. */
  readonly email: string;
  /** Of a session and an account that only this scene knows. */
  readonly sessionId: string;
  readonly refreshToken: string;
  readonly verifyToken: string;
  readonly resetToken: string;
}

export const inputs: Readonly<Record<string, (scene: Scene) => Record<string, unknown>>> = {
  "auth.me": () => ({}),
  "auth.refresh": ({ refreshToken }) => ({ refreshToken }),
  "auth.signIn": ({ email }) => ({ email, password }),
  "auth.signOut": () => ({}),
  "auth.signOutEverywhere": () => ({}),
  "auth.signUp": () => ({ email: `${randomUUID()}@example.com`, password }),
  "email.resendVerification": () => ({}),
  "email.verify": ({ verifyToken }) => ({ token: verifyToken }),
  "password.change": () => ({ currentPassword: password, newPassword: `${password}!` }),
  "password.requestReset": ({ email }) => ({ email }),
  "password.reset": ({ resetToken }) => ({ token: resetToken, newPassword: password }),
  "projects.create": () => ({ name: "Notes" }),
  "projects.delete": ({ projectId }) => ({ id: projectId }),
  "projects.get": ({ projectId }) => ({ id: projectId }),
  "projects.list": () => ({}),
  "projects.update": ({ projectId }) => ({ id: projectId, name: "Sketches" }),
  "sessions.list": () => ({}),
  "sessions.revoke": ({ sessionId }) => ({ id: sessionId }),
  "system.health": () => ({}),
  "tasks.create": ({ projectId }) => ({ projectId, title: "Note G" }),
  "tasks.createMany": ({ projectId }) => ({ items: [{ projectId, title: "Note G" }] }),
  "tasks.delete": ({ taskId }) => ({ id: taskId }),
  "tasks.get": ({ taskId }) => ({ id: taskId }),
  "tasks.list": () => ({}),
  "tasks.update": ({ taskId }) => ({ id: taskId, status: "done" }),
  "workspaces.create": () => ({ name: "Looms" }),
  "workspaces.get": () => ({}),
  "workspaces.list": () => ({}),
  "workspaces.switch": ({ workspaceId }) => ({ workspaceId }),
};

/** @throws when the table has no row for the operation */
export function inputOf(name: string, scene: Scene): Record<string, unknown> {
  const row = inputs[name];
  if (!row) throw new Error(`${name} has no row in test/proofs/inputs.ts: give it a minimal valid input.`);
  return row(scene);
}

/** A project with one task, made by somebody who may, and another session of theirs. */
export async function setScene(
  server: TestServer,
  person: Person,
  { workspaceId, email }: { workspaceId: string; email: string },
): Promise<Scene> {
  // The calls before may have ended every session there was.
  const admin = await again(server, person);
  const project = await admin.call("projects.create", { name: "Notes" }, workspaceId);
  const projectId: string = project.data.id;
  const task = await admin.call("tasks.create", { projectId, title: "Note A" }, workspaceId);
  const { sessionId } = await startSession(server, admin.id);
  const forNobodyElse = await tokensOfNewcomer(server);
  const ids = { workspaceId, projectId, taskId: String(task.data.id), userId: admin.id };
  return { ...ids, email, sessionId, ...forNobodyElse };
}

/** Genuine tokens of each kind, of an account that nothing else in the test knows. */
async function tokensOfNewcomer(server: TestServer) {
  const { keys, database } = server;
  const newcomer = await arrive(server, randomUUID());
  const [session] = await database.owner<{ salt: Buffer }>("SELECT salt FROM sessions WHERE id = $1", [
    newcomer.sessionId,
  ]);
  const salt = session?.salt ?? Buffer.alloc(0);
  const oneTime = async (purpose: "email.verify" | "password.reset") => {
    const id = randomUUID();
    await database.owner(
      `INSERT INTO one_time_tokens (id, user_id, purpose, salt, expires_at) VALUES ($1, $2, $3, $4, now() + interval '1 hour')`,
      [id, newcomer.id, purpose, salt],
    );
    return formatOneTimeToken(keys, salt, { id, purpose });
  };
  return {
    refreshToken: formatRefreshToken(keys, salt, { sessionId: newcomer.sessionId, generation: 1 }),
    verifyToken: await oneTime("email.verify"),
    resetToken: await oneTime("password.reset"),
  };
}
