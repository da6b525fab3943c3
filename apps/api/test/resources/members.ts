import { arrive, join, type Person } from "../kit/index.ts";
import { defineFixture, type EndContext } from "./fixture.ts";

declare module "./scene.ts" {
  interface Scene {
    /** The user id of a member of the workspace who takes no other part in the test. */
    readonly memberId: string;
  }
}

export const fixture = defineFixture("members", {
  operations: {
    changeRole: {
      input: ({ memberId }) => ({ userId: memberId, role: "viewer" }),
    },
    get: { input: ({ memberId }) => ({ userId: memberId }), measured: true },
    list: { input: () => ({}), filter: { search: "@example" } },
    remove: { input: ({ memberId }) => ({ userId: memberId }), measured: true },
  },
  fields: { userId: "member" },
  things: {
    member: {
      of: ({ scene }) => scene.memberId,
      end: async (context) => (await formerMember(context)).id,
      isRow: true,
    },
    actor: { of: ({ scene }) => scene.userId, end: async (context) => (await formerMember(context)).id },
  },
  plant: ({ workspaceId, newId }) => {
    const memberId = newId();
    return {
      scene: { memberId },
      rows: () => [
        { table: "users", values: { id: memberId, email: `${memberId}@example.com`, password_hash: "none" } },
        {
          table: "workspace_members",
          values: { id: memberId, workspace_id: workspaceId, user_id: memberId, role: "member" },
        },
      ],
    };
  },
  tidy: ["UPDATE workspace_members SET locked_at = NULL WHERE workspace_id = $1 AND locked_at IS NOT NULL"],
});

/** A user whom Ada removed from her workspace. */
export async function formerMember({ server, ada, workspaceId }: EndContext): Promise<Person> {
  const former = await arrive(server, `former${performance.now()}`);
  await join(server, workspaceId, former, "member");
  await ada.call("members.remove", { userId: former.id }, workspaceId);
  return former;
}
