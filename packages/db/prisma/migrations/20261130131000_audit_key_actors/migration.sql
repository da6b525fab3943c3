-- A page of the list by a service key is found at once, in a long log too. Most entries have no key and no place in this index.
CREATE INDEX CONCURRENTLY "audit_logs_workspace_id_actor_key_id_seq_idx"
  ON "audit_logs" ("workspace_id", "actor_key_id", "seq") WHERE "actor_key_id" IS NOT NULL;
