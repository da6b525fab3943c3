/** The id of the workspace that the transaction has entered, as SQL. PostgreSQL can compare it by an index. */
export const CURRENT_WORKSPACE_SQL = "nullif(current_setting('app.workspace_id', true), '')::uuid";
