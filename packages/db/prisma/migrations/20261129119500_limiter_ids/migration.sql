-- limiter_id: the random id that the server found in its Redis, so that servers with different Redis servers recognize each other:
-- docs/decisions/living-servers.md. It is null without Redis, while Redis does not answer, and for servers of earlier builds.
ALTER TABLE "servers" ADD COLUMN "limiter_id" UUID;

-- Redis without persistence has a new id after a restart, so a renewal of the row may change it.
GRANT UPDATE ("limiter_id") ON "servers" TO projo_system;
