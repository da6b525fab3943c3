import pg from "pg";

/** Runs the work on a connection of the database's owner, and closes it. Use it for migrations, never for requests. */
export async function withOwner<T>(
  target: pg.ClientConfig,
  work: (owner: pg.Client) => Promise<T>,
): Promise<T> {
  const owner = new pg.Client({
    application_name: "projostack-owner",
    connectionTimeoutMillis: 5_000,
    ...target,
  });
  // A broken connection fails the current statement. Without a listener, the event would end the process.
  owner.on("error", () => {});
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
