import pg from "pg";

/** Works as the database's owner for a moment: to migrate, never to serve. */
export async function withOwner<T>(
  target: pg.ClientConfig,
  work: (owner: pg.Client) => Promise<T>,
): Promise<T> {
  const owner = new pg.Client({
    application_name: "projostack-owner",
    connectionTimeoutMillis: 5_000,
    ...target,
  });
  // A connection that breaks fails the statement at hand; unheard, the event would end the process.
  owner.on("error", () => {});
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
