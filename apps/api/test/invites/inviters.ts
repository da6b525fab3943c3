// A workspace with two admins: Bob sends invites, and Ada can end his rights. Twenty guests have accounts.
import type { Role } from "@projostack/authz";
import { afterAll, beforeAll, beforeEach } from "vitest";
import {
  call,
  foundWorkspace,
  join,
  startTestServer,
  type Answer,
  type Person,
  type TestServer,
} from "../kit/index.ts";
import { guest, invite, TWENTY } from "./guests.ts";

export let server: TestServer;
export let ada: Person;
export let bob: Person;
export let guests: readonly Person[];
export let engines: string;
/** Starts a server for the test file that calls this, and creates a workspace before each of its tests. */
export function setUpInviters(): void {
  beforeAll(async () => {
    server = await startTestServer();
    ada = await guest(server, "ada");
    bob = await guest(server, "bob");
    guests = await Promise.all(TWENTY.map((index) => guest(server, `guest${index}`)));
  });
  beforeEach(async () => {
    engines = await foundWorkspace(ada);
    await join(server, engines, bob, "admin");
  });
  afterAll(() => server.close());
}

/** The three ways to end Bob's role as an admin. */
export const ends: readonly { readonly how: string; readonly end: () => Promise<Answer> }[] = [
  {
    how: "demotion",
    end: () => ada.call("members.changeRole", { userId: bob.id, role: "member" }, engines),
  },
  { how: "removal", end: () => ada.call("members.remove", { userId: bob.id }, engines) },
  { how: "departure", end: () => bob.call("workspaces.leave", { workspaceId: engines }) },
];

/** Undoes the previous round: deletes all invites, removes the guests, and makes Bob an admin again. */
export async function startOver(): Promise<void> {
  await server.database.owner("DELETE FROM invites WHERE workspace_id = $1", [engines]);
  await server.database.owner("DELETE FROM workspace_members WHERE workspace_id = $1 AND user_id <> $2", [
    engines,
    ada.id,
  ]);
  await join(server, engines, bob, "admin");
}

export const invitedBy = (
  inviter: Pick<Person, "call">,
  { email }: Pick<Person, "email">,
  role: Role = "member",
) => invite(server, inviter, { workspaceId: engines, email, role });

/** Creates a service key that may send invites. */
export async function newInvitingKey() {
  const key = await ada.call(
    "serviceKeys.create",
    { name: "Onboarding", role: "admin", scopes: ["invite:manage"] },
    engines,
  );
  const { id, token } = key.data as { id: string; token: string };
  return {
    id,
    call: (name: string, input?: unknown, workspaceId?: string) =>
      call(server.url, name, { input, token, workspaceId }),
  };
}
