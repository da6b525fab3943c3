/** The workspace that the transaction has entered, in SQL. In a sub-select it is a constant to the planner, which keeps the index. */
export const HERE = "(SELECT nullif(current_setting('app.workspace_id', true), '')::uuid)";
