// Checks the services beside the database: Redis and the mail server.
import { pingRedis } from "../limits/counting/open-redis.ts";
import type { SmtpAddress } from "../mail/smtp-address.ts";
import { verifySmtp } from "../mail/smtp-transport.ts";
import { checksOf, type Check } from "./check.ts";
import { withinMs } from "./within-ms.ts";

const LONGEST_MS = 15_000;

export async function checkRedis(url: string): Promise<Check[]> {
  const check = checksOf("REDIS_URL");
  try {
    await withinMs(LONGEST_MS, pingRedis(url));
    return [check("ok", "connection", "Redis answers")];
  } catch (error) {
    return [
      check(
        "problem",
        "connection",
        `Redis does not answer (${messageOf(error)}). Start it, or correct the host, port and password. Until then each server counts alone.`,
      ),
    ];
  }
}

export async function checkSmtp(smtp: SmtpAddress): Promise<Check[]> {
  const check = checksOf("PROJO_SMTP_URL");
  const place = `${smtp.host}:${smtp.port}`;
  try {
    await withinMs(LONGEST_MS, verifySmtp(smtp));
    const login = smtp.login === null ? "without a login" : "and accepts the login";
    return [check("ok", "connection", `the mail server at ${place} answers ${login}`)];
  } catch (error) {
    return [
      check(
        "problem",
        "connection",
        `the mail server at ${place} cannot be used (${messageOf(error)}). Correct the host, port, TLS and login (docs/configuration.md#mail).`,
      ),
    ];
  }
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/[^\x20-\x7e]+/g, " ").slice(0, 200);
