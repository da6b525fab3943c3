// `pnpm db:migrate`: brings a database up to this build, and prepares the server's login. It reads the two
// addresses from the environment, never from its arguments, which others can see.
import pg from "pg";
import { migrate } from "../migrations/migrate.ts";
import { prepareLogin } from "../login/prepare-login.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);

const ownerUrl = process.env["PROJO_DATABASE_OWNER_URL"];
const serverUrl = process.env["DATABASE_URL"];
if (!ownerUrl) {
  process.stderr.write(
    "Set PROJO_DATABASE_OWNER_URL to a login that owns the database (docs/database.md).\n",
  );
  process.exit(2);
}

const owner = new pg.Client({ connectionString: ownerUrl, application_name: "projostack-migrate" });
try {
  await owner.connect();
  const ran = await migrate(owner);
  say(ran.length === 0 ? "The database is up to date." : `Applied ${ran.join(", ")}.`);
  if (serverUrl) {
    const { username, password } = new URL(serverUrl);
    await prepareLogin(owner, {
      user: decodeURIComponent(username),
      ...(password === "" ? {} : { password: decodeURIComponent(password) }),
    });
    say(`The login ${decodeURIComponent(username)} is ready. Start the server with DATABASE_URL.`);
  } else {
    say("Set DATABASE_URL too, and this prepares the server's login.");
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await owner.end().catch(() => {});
}
