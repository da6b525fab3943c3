import { workspaceRows } from "@projostack/db/testing";
import { requestOf } from "../equality/requests.ts";
import { again } from "../kit/index.ts";
import { defineFixture, type EndContext } from "./fixture.ts";

declare module "./scene.ts" {
  interface Scene {
    /** A workspace of which the caller is a member, but not the only admin. */
    readonly clubId: string;
    /** A deleted workspace of the caller. */
    readonly ruinId: string;
  }
}

export const fixture = defineFixture("workspaces", {
  operations: {
    create: { input: () => ({ name: "Looms" }) },
    delete: { input: ({ workspaceName }) => ({ name: workspaceName }) },
    get: { input: () => ({}) },
    leave: {
      input: ({ clubId }) => ({ workspaceId: clubId }),
      fields: { workspaceId: "club" },
      measured: true,
    },
    list: { input: () => ({}), filter: { deleted: true } },
    rename: { input: () => ({ name: "Difference Engines" }) },
    restore: {
      input: ({ ruinId }) => ({ workspaceId: ruinId }),
      fields: { workspaceId: "ruin" },
      measured: true,
    },
    switch: {
      input: ({ clubId }) => ({ workspaceId: clubId }),
      fields: { workspaceId: "club" },
      measured: true,
    },
  },
  fields: { deleted: "value", fingerprint: "value", include: "value" },
  things: {
    workspace: { of: ({ scene }) => scene.workspaceId, end: (context) => leftClub(context) },
    club: { of: ({ scene }) => scene.clubId, end: (context) => leftClub(context) },
    ruin: {
      of: ({ scene }) => scene.ruinId,
      end: async ({ server, newScene }) => {
        const { ruinId } = await newScene();
        await server.database.owner(
          "UPDATE workspaces SET deleted_at = now() - interval '31 days' WHERE id = $1",
          [ruinId],
        );
        return ruinId;
      },
    },
  },
  reasons: {
    "workspace.changed": async ({ both, callerSet: { admin, homeId }, scene: { workspaceName } }) =>
      requestOf(
        "mutation",
        "workspaces.delete",
        { name: workspaceName, fingerprint: "0".repeat(64) },
        { token: (await again(both, admin)).token, workspaceId: homeId },
      ),
  },
  plant: ({ caller, newId }) => {
    const [clubId, ruinId, hostId] = [newId(), newId(), newId()];
    return {
      scene: { clubId, ruinId },
      rows: () => [
        { table: "users", values: { id: hostId, email: `${hostId}@example.com`, password_hash: "none" } },
        ...workspaceRows({ id: clubId, name: "Chess Club", userId: hostId }),
        {
          table: "workspace_members",
          values: { id: newId(), workspace_id: clubId, user_id: caller.id, role: "member" },
        },
        ...workspaceRows({ id: ruinId, name: "Old Engines", userId: caller.id, deletedAt: new Date() }),
      ],
    };
  },
});

async function leftClub({ ada, newScene }: EndContext): Promise<string> {
  const { clubId } = await newScene();
  await ada.call("workspaces.leave", { workspaceId: clubId });
  return clubId;
}
