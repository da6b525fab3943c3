// SQL as it stands in our code, in a template whose values become parameters, as a statement that connections prepare.
import { Prisma } from "../generated/client.ts";
import type { PreparedStatement } from "../connection/one-trip.ts";
import { statementNames } from "../connection/statement-names.ts";

/** A template's own text, or a statement made of parts. */
export type SqlText = TemplateStringsArray | Prisma.Sql;

interface Known {
  readonly name: string;
  readonly text: string;
}

const nameOf = statementNames("projo_sql");
/** A template stands in one place of the code, and is the same array each time. */
const byTemplate = new WeakMap<TemplateStringsArray, Known>();

export function preparedOf(sql: SqlText, values: readonly unknown[]): PreparedStatement {
  if (sql instanceof Prisma.Sql) return named(sql);
  if (values.some((value) => value instanceof Prisma.Sql)) return named(Prisma.sql(sql, ...values));
  let known = byTemplate.get(sql);
  if (!known) {
    const text = sql.reduce((before, part, at) => `${before}$${at}${part}`);
    known = { name: nameOf(text), text };
    byTemplate.set(sql, known);
  }
  return { ...known, values };
}

const named = ({ text, values }: Prisma.Sql): PreparedStatement => ({ name: nameOf(text), text, values });
