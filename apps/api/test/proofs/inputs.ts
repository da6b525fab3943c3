// A minimal valid input for each operation. An operation of the contract without a row here fails the proofs.
import { randomUUID } from "node:crypto";
import { password, type Person } from "../kit/index.ts";

/** What there is for an input to name. */
export interface Scene {
  readonly workspaceId: string;
  readonly projectId: string;
  readonly taskId: string;
  readonly userId: string;
  /** The email of an account with the kit's password. */
  readonly email: string;
}

export const inputs: Readonly<Record<string, (scene: Scene) => Record<string, unknown>>> = {
  "auth.me": () => ({}),
  "auth.signIn": ({ email }) => ({ email, password }),
  "auth.signOut": () => ({}),
  "auth.signUp": () => ({ email: `${randomUUID()}@example.com`, password }),
  "projects.create": () => ({ name: "Notes" }),
  "projects.delete": ({ projectId }) => ({ id: projectId }),
  "projects.get": ({ projectId }) => ({ id: projectId }),
  "projects.list": () => ({}),
  "projects.update": ({ projectId }) => ({ id: projectId, name: "Sketches" }),
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

/** A project with one task, made by somebody who may. */
export async function setScene(admin: Person, workspaceId: string, email: string): Promise<Scene> {
  const project = await admin.call("projects.create", { name: "Notes" }, workspaceId);
  const projectId: string = project.data.id;
  const task = await admin.call("tasks.create", { projectId, title: "Note A" }, workspaceId);
  return { workspaceId, projectId, taskId: task.data.id, userId: admin.id, email };
}
