import { noticeLimits } from "../tenant/notice-limits.ts";

const { verified, unverified } = noticeLimits;

/** The common table expression that queues a notice to `person`. @param ip the parameter of the caller's address */
export const notice = (template: string, ip: string): string => `
  notified AS (
    SELECT projo_queue_notice('${template}', person.id, person.email, NULL, jsonb_build_object('at', now(), 'ip', ${ip}::text),
             CASE WHEN person.email_verified_at IS NULL THEN ${unverified.most} ELSE ${verified.most} END,
             CASE WHEN person.email_verified_at IS NULL THEN ${unverified.seconds} ELSE ${verified.seconds} END)
      FROM person
  )`;

/** PostgreSQL runs a SELECT in a common table expression only if the statement reads it. */
export const NOTICES = "(SELECT count(*) FROM notified) AS notices";
