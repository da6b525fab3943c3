import type { TestDatabase } from "@projostack/db/testing";

/** Returns the tables that contain a token in any form: the token itself, or its secret as base64, hex or bytes. */
export async function tablesContaining({ owner }: TestDatabase, token: string): Promise<string[]> {
  const tables = await owner<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class AS c
      WHERE c.relkind IN ('r', 'p', 'm') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        AND c.relname NOT LIKE 'pg_toast%'`,
  );
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      // In JSON, every column is text and bytes are hex. So the search covers columns of every type.
      const rows = await owner(
        `SELECT FROM ${name} AS t WHERE EXISTS (
           SELECT FROM unnest($1::text[]) AS form WHERE position(lower(form) in lower(to_jsonb(t)::text)) > 0
         ) LIMIT 1`,
        [formsOf(token)],
      );
      return rows.length > 0 ? [name] : [];
    }),
  );
  return found.flat().toSorted();
}

function formsOf(token: string): string[] {
  const secret = token.replace(/^pj[a-z]_/, "");
  const bytes = Buffer.from(secret, "base64url");
  const asText = [token, secret, bytes.toString("base64").replace(/=+$/, ""), bytes.toString("hex")];
  // A column of bytes can also contain one of the texts.
  return [...asText, ...asText.map((text) => Buffer.from(text).toString("hex"))];
}
