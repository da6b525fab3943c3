// The formats of values that are neither numbers nor words of a list.
import { PostgresAddressError, readPostgresAddress } from "@projostack/db";
import { z } from "zod";
import { readAllowedOrigins } from "../allowed-origins.ts";
import { domainProblem } from "../cookie-domain.ts";
import { isNetwork } from "../is-network.ts";
import { parseUrl } from "../../runtime/parse-url.ts";

export const postgresUrl = z.string().transform((text, context) => {
  try {
    return readPostgresAddress(text);
  } catch (error) {
    if (!(error instanceof PostgresAddressError)) throw error;
    // The message describes the problem without repeating the address.
    context.addIssue({ code: "custom", params: { problem: error.message } });
    return z.NEVER;
  }
});

/** A schema for text that `parse` accepts. */
export const parsed = <T>(parse: (text: string) => T | null) =>
  z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== null) return value;
    context.addIssue({ code: "custom" });
    return z.NEVER;
  });

export function parseAppUrl(text: string): string | null {
  const url = parseUrl(text);
  if (url === null) return null;
  const { protocol, username, password, search, hash, href } = url;
  const isPlain = username === "" && password === "" && search === "" && hash === "" && !/[?#]/.test(text);
  return isPlain && (protocol === "https:" || protocol === "http:") ? href.replace(/\/+$/, "") : null;
}

export const factor = z
  .string()
  .regex(/^\d{1,4}(\.\d{1,2})?$/)
  .transform(Number)
  .refine((value) => value >= 0.1 && value <= 1_000);

export const networks = z
  .string()
  .transform((value) => value.split(",").map((network) => network.trim()))
  .refine((values) => values.every(isNetwork));

export const allowedOrigins = z.string().transform((text, context) => {
  const { origins, problems } = readAllowedOrigins(text);
  for (const problem of problems) context.addIssue({ code: "custom", params: { problem } });
  return problems.length === 0 ? origins : z.NEVER;
});

export const cookieDomain = z.string().transform((text, context) => {
  const problem = domainProblem(text);
  if (problem === null) return text;
  context.addIssue({ code: "custom", params: { problem: `${JSON.stringify(text)} ${problem}` } });
  return z.NEVER;
});
