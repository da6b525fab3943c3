// Supabase's pooler gets the project in the user: the role in PostgreSQL has a shorter name.
import { expect, it } from "vitest";
import { readPostgresAddress } from "../../src/index.ts";
import { loginOf } from "../../src/setup/set-up-database.ts";

it.each([
  ["aws-0-eu-central-1.pooler.supabase.com", "projo_server.abcdefgh", "projo_server"],
  ["aws-0-eu-central-1.pooler.supabase.com", "projo_server", "projo_server"],
  ["db.abcdefgh.supabase.co", "projo.server", "projo.server"],
  ["db.example.com", "projo.server", "projo.server"],
])("prepares, for a login at %s, the role of the user %s", (host, user, role) => {
  const address = readPostgresAddress(`postgres://${user}:secret@${host}/postgres`);
  expect(loginOf(address)).toEqual({ user: role, password: "secret" });
});
