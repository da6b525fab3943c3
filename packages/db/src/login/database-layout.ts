/** Where the rows of workspaces are: in one PostgreSQL, or distributed over the workers of Citus. */
export const databaseLayouts = ["single", "citus"] as const;
export type DatabaseLayout = (typeof databaseLayouts)[number];
