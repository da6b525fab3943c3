import { randomUUID } from "node:crypto";
import type { Role } from "@projostack/authz";
import { call, type Answer } from "./call.ts";
import type { TestServer } from "./test-server.ts";

export const password = "correct horse battery staple";

/** Somebody signed in. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  readonly sessionId: string;
  /** Calls as this person. */
  call(name: string, input?: unknown, workspaceId?: string): Promise<Answer>;
}

export async function signUp(server: TestServer, name: string): Promise<Person> {
  const { data } = await call(server.url, "auth.signUp", {
    input: { email: `${name}@example.com`, password },
  });
  return personOf(server, data);
}

export async function signIn(server: TestServer, email: string): Promise<Person> {
  const { data } = await call(server.url, "auth.signIn", { input: { email, password } });
  return personOf(server, data);
}

interface SignedIn {
  user: { id: string; email: string };
  session: { id: string };
  accessToken: string;
}

function personOf({ url }: TestServer, { user, session, accessToken: token }: SignedIn): Person {
  return {
    ...user,
    token,
    sessionId: session.id,
    call: (name, input, workspaceId) => call(url, name, { input, token, workspaceId }),
  };
}

/** Makes a workspace, with the person as its admin. @returns its id */
export async function foundWorkspace(person: Person, name = "Engines"): Promise<string> {
  return (await person.call("workspaces.create", { name })).data.id;
}

/** There is no operation for this yet: the owner of the database puts the person in. */
export async function join(server: TestServer, workspaceId: string, person: Person, role: Role): Promise<void> {
  await server.database.owner(
    `INSERT INTO workspace_members (id, workspace_id, user_id, role) VALUES ($1, $2, $3, $4)`,
    [randomUUID(), workspaceId, person.id, role],
  );
}
