/** The workspace that the transaction has entered, in SQL: read once a statement, so it keeps the index. */
export const CURRENT_WORKSPACE_SQL = "nullif(current_setting('app.workspace_id', true), '')::uuid";
