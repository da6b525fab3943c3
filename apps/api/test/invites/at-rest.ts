import type { TestDatabase } from "@projostack/db/testing";

/** The tables of a database whose rows hold a token in any spelling: as it is, or its secret in base64, hex or bytes. */
export async function tablesWith({ owner }: TestDatabase, token: string): Promise<string[]> {
  const tables = await owner<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class AS c
      WHERE c.relkind IN ('r', 'p', 'm') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
        AND c.relname NOT LIKE 'pg_toast%'`,
  );
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      // As JSON every column is text, and bytes are hex: none is left out, whatever its type.
      const rows = await owner(
        `SELECT FROM ${name} AS held WHERE EXISTS (
           SELECT FROM unnest($1::text[]) AS spelling WHERE position(lower(spelling) in lower(to_jsonb(held)::text)) > 0
         ) LIMIT 1`,
        [spellingsOf(token)],
      );
      return rows.length > 0 ? [name] : [];
    }),
  );
  return found.flat().toSorted();
}

function spellingsOf(token: string): string[] {
  const secret = token.replace(/^pj[a-z]_/, "");
  const bytes = Buffer.from(secret, "base64url");
  const asText = [token, secret, bytes.toString("base64").replace(/=+$/, ""), bytes.toString("hex")];
  // A text may also lie in a column of bytes.
  return [...asText, ...asText.map((text) => Buffer.from(text).toString("hex"))];
}
