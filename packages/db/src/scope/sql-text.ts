// Converts tagged SQL templates into prepared statements. The values of a template become parameters.
import { Prisma } from "../generated/client.ts";
import type { PreparedStatement } from "../connection/one-trip.ts";
import { statementNames } from "../connection/statement-names.ts";

/** The strings of a template, or a statement composed of fragments. */
export type SqlText = TemplateStringsArray | Prisma.Sql;

interface NamedText {
  readonly name: string;
  readonly text: string;
}

const nameOf = statementNames("projo_sql");
/** JavaScript passes the same array each time a template in one place of the code is evaluated. */
const byTemplate = new WeakMap<TemplateStringsArray, NamedText>();

export function preparedOf(sql: SqlText, values: readonly unknown[]): PreparedStatement {
  if (sql instanceof Prisma.Sql) return statementOf(sql);
  if (values.some((value) => value instanceof Prisma.Sql)) return statementOf(Prisma.sql(sql, ...values));
  let known = byTemplate.get(sql);
  if (!known) {
    const text = sql.reduce((before, part, at) => `${before}$${at}${part}`);
    known = { name: nameOf(text), text };
    byTemplate.set(sql, known);
  }
  return { ...known, values };
}

const statementOf = ({ text, values }: Prisma.Sql): PreparedStatement => ({
  name: nameOf(text),
  text,
  values,
});
