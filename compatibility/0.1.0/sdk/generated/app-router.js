/** The operations that the server does not accept in a batch. */
export const unbatched = ["audit.export", "audit.verify", "tasks.createMany"];
