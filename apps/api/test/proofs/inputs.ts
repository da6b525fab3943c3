// A minimal valid input for each operation. An operation of the contract without a row here fails the proofs.
import { randomUUID } from "node:crypto";
import { policy } from "@projostack/authz";
import { operations } from "@projostack/contract";
import { password, type Person } from "../kit/index.ts";
import type { Scene } from "./scene.ts";

export { setScene, type Scene } from "./scene.ts";

export const inputs: Readonly<Record<string, (scene: Scene) => Record<string, unknown>>> = {
  "audit.checkpoint": () => ({}),
  "audit.export": () => ({}),
  "audit.list": () => ({}),
  "audit.verify": () => ({}),
  "auth.me": () => ({}),
  "auth.refresh": ({ refreshToken }) => ({ refreshToken }),
  "auth.signIn": ({ email }) => ({ email, password }),
  "auth.signOut": () => ({}),
  "auth.signOutEverywhere": () => ({}),
  "auth.signUp": () => ({ email: `${randomUUID()}@example.com`, password }),
  "email.resendVerification": () => ({}),
  "email.verify": ({ verifyToken }) => ({ token: verifyToken }),
  "invites.accept": ({ inviteToken }) => ({ token: inviteToken }),
  "invites.create": () => ({ email: `${randomUUID()}@example.com`, role: "viewer" }),
  "invites.list": () => ({}),
  "invites.listMine": () => ({}),
  "invites.preview": ({ inviteToken }) => ({ token: inviteToken }),
  "invites.resend": ({ inviteId }) => ({ id: inviteId }),
  "invites.revoke": ({ inviteId }) => ({ id: inviteId }),
  "members.changeRole": ({ memberId }) => ({ userId: memberId, role: "viewer" }),
  "members.list": () => ({}),
  "members.remove": ({ memberId }) => ({ userId: memberId }),
  "password.change": () => ({ currentPassword: password, newPassword: `${password}!` }),
  "password.requestReset": ({ email }) => ({ email }),
  "password.reset": ({ resetToken }) => ({ token: resetToken, newPassword: password }),
  "projects.create": () => ({ name: "Notes" }),
  "projects.delete": ({ projectId }) => ({ id: projectId }),
  "projects.get": ({ projectId }) => ({ id: projectId }),
  "projects.list": () => ({}),
  "projects.update": ({ projectId }) => ({ id: projectId, name: "Sketches" }),
  "serviceKeys.create": () => ({ name: "Mill", role: "viewer", scopes: ["task:read"] }),
  "serviceKeys.list": () => ({}),
  "serviceKeys.revoke": ({ keyId }) => ({ id: keyId }),
  "serviceKeys.rotate": ({ keyId }) => ({ id: keyId }),
  "sessions.list": () => ({}),
  "sessions.revoke": ({ sessionId }) => ({ id: sessionId }),
  "system.health": () => ({}),
  "tasks.create": ({ projectId }) => ({ projectId, title: "Note G" }),
  "tasks.createMany": ({ projectId }) => ({ items: [{ projectId, title: "Note G" }] }),
  "tasks.delete": ({ taskId }) => ({ id: taskId }),
  "tasks.get": ({ taskId }) => ({ id: taskId }),
  "tasks.list": () => ({}),
  "tasks.update": ({ taskId }) => ({ id: taskId, status: "done" }),
  "tokens.introspect": ({ accessToken }) => ({ token: accessToken, permission: "task:read" }),
  "workspaces.create": () => ({ name: "Looms" }),
  "workspaces.delete": ({ workspaceName }) => ({ name: workspaceName }),
  "workspaces.get": () => ({}),
  "workspaces.leave": ({ clubId }) => ({ workspaceId: clubId }),
  "workspaces.list": () => ({}),
  "workspaces.rename": () => ({ name: "Difference Engines" }),
  "workspaces.restore": ({ ruinId }) => ({ workspaceId: ruinId }),
  "workspaces.switch": ({ clubId }) => ({ workspaceId: clubId }),
};

/** @throws when the table has no row for the operation */
export function inputOf(name: string, scene: Scene): Record<string, unknown> {
  const row = inputs[name];
  if (!row) throw new Error(`${name} has no row in test/proofs/inputs.ts: give it a minimal valid input.`);
  return row(scene);
}

const forKeysAlone = new Set(
  operations
    .filter(({ operation: { access } }) => (policy as Readonly<Record<string, string>>)[access] === "key")
    .map(({ name }) => name),
);

/** The token of whoever may call the operation: the admin, but for what no person may. */
export const tokenFor = (name: string, { token }: Pick<Person, "token">, { serviceToken }: Scene): string =>
  forKeysAlone.has(name) ? serviceToken : token;
