-- The previous build searches with tasks_titles_idx and projects_names_idx, too: they have the columns and the condition of the
-- indexes that they replace. No build since the previous one reads tasks_search_idx. This is a migration of its own, because
-- DROP INDEX waits for the readers of the table, which could wait for the locks of an index that is built.
DROP INDEX "tasks_folded_idx", "projects_folded_idx", "tasks_search_idx";
DROP FUNCTION "projo_reads_table"(TEXT);
