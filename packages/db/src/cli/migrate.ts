// `pnpm db:migrate`: brings a database up to this build, and prepares the server's login. It reads the two
// addresses from the environment, never from its arguments, which others can see.
import pg from "pg";
import { migrate } from "../migrations/migrate.ts";
import { prepareLogin, type Login } from "../login/prepare-login.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);

const ownerUrl = process.env["PROJO_DATABASE_OWNER_URL"];
const serverUrl = process.env["DATABASE_URL"];
if (!ownerUrl) refuse("Set PROJO_DATABASE_OWNER_URL to a login that owns the database.");
const login = serverUrl ? loginOf(serverUrl) : null;
if (!URL.canParse(ownerUrl)) refuse("PROJO_DATABASE_OWNER_URL is not a URL.");

const owner = new pg.Client({ connectionString: ownerUrl, application_name: "projostack-migrate" });
// A connection that breaks fails the statement at hand; unheard, the event would end the process in a stack trace.
owner.on("error", () => {});
try {
  await owner.connect();
  const ran = await migrate(owner);
  say(ran.length === 0 ? "The database is up to date." : `Applied ${ran.join(", ")}.`);
  if (login) {
    await prepareLogin(owner, login);
    say(`The login ${login.user} is ready. Start the server with DATABASE_URL.`);
  } else {
    say("Set DATABASE_URL too, and this prepares the server's login.");
  }
} catch (error) {
  process.stderr.write(`${lineOf(error)}\n`);
  process.exitCode = 1;
} finally {
  await owner.end().catch(() => {});
}

function loginOf(url: string): Login {
  if (!URL.canParse(url)) refuse("DATABASE_URL is not a URL.");
  const { username, password } = new URL(url);
  if (username === "") refuse("DATABASE_URL names no user.");
  return {
    user: decodeURIComponent(username),
    ...(password === "" ? {} : { password: decodeURIComponent(password) }),
  };
}

function refuse(why: string): never {
  process.stderr.write(`${why} (docs/database.md)\n`);
  process.exit(2);
}

/** Of several addresses that a host name has, none may answer: that error has no message of its own. */
function lineOf(error: unknown): string {
  const [first = error] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return (first instanceof Error ? first.message : String(first)).replaceAll(/\s*\n\s*/g, " ");
}
