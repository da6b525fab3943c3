-- The running servers. Each server inserts its row at the start, renews it every few seconds, and deletes it at the end. A
-- starting server compares itself with the others: docs/decisions/living-servers.md. A row that is not renewed belongs to a
-- server that died.
-- key_checks: for each key, newest first, its kid and a MAC that the server computes with the key over the row's id.
-- limiter: where the server counts limits: alone, in a Redis of its own machine, or in a Redis of the network.
-- place: the boot and the process namespace of the machine, with which another server there recognizes a dead process.

CREATE TABLE "servers" (
  "id" UUID NOT NULL,
  "host" TEXT NOT NULL,
  "place" TEXT NOT NULL,
  "process_id" INTEGER NOT NULL,
  "key_checks" JSONB NOT NULL,
  "limiter" TEXT NOT NULL,
  "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "servers_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "servers_limiter" CHECK ("limiter" IN ('none', 'machine', 'network'))
) WITH (fillfactor = 50);

-- A server renews its row. It cannot change what the row says about it.
GRANT SELECT, INSERT, DELETE, UPDATE ("seen_at") ON "servers" TO projo_system;
