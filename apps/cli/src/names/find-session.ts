import type { Client, Device } from "@projostack/sdk";
import { usageError } from "../cli-error.ts";
import { deviceOf } from "./device-of.ts";
import { readId, readIdPrefix, withIdPrefix } from "./ids.ts";
import type { Named } from "./named.ts";
import { pickByName, pickByPrefix } from "./pick-by-name.ts";

const lookupOf = (text: string) => ({ noun: "session", name: text });

/** Finds the session whose id begins with this text. Returns a whole id without a request: the server checks it. @throws CliError */
export async function findSession(client: Client, text: string): Promise<Named> {
  const id = readId(text);
  if (id !== undefined) return { id, name: id };
  return findIn(await listSessions(client), text);
}

/** Returns the session whose id is this text, or begins with it. @throws CliError */
export async function getSession(client: Client, text: string): Promise<Device> {
  const sessions = await listSessions(client);
  const id = readId(text);
  const found = sessions.find((session) => session.id === id);
  if (found) return found.session;
  return (id === undefined ? findIn(sessions, text) : pickByName<NamedSession>([], lookupOf(text))).session;
}

interface NamedSession extends Named {
  session: Device;
}

async function listSessions(client: Client): Promise<NamedSession[]> {
  const sessions = await client.sessions.list().all({ max: Infinity });
  return sessions.map((session) => ({ session, id: session.id, name: deviceOf(session.userAgent) }));
}

function findIn(sessions: readonly NamedSession[], text: string): NamedSession {
  if (readIdPrefix(text) === undefined) {
    throw usageError(
      `"${text}" is not the id of a session. Use the id, or its first characters: at least 4. See: projo sessions list`,
    );
  }
  return pickByPrefix(withIdPrefix(sessions, text), lookupOf(text));
}
