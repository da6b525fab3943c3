// Splits SQL at the semicolons between its statements. PostgreSQL runs a migration as one message; this is for its plan, and for
// statements that must run outside a transaction. It does not know function bodies of the form BEGIN ATOMIC, which contain
// semicolons: migrations write function bodies between dollar signs.

/** A part in which a semicolon ends no statement: a comment, a string, a quoted name, or a text between dollar signs. */
const OPAQUE = [
  /--[^\n]*/y,
  /\b[eE]'(?:[^'\\]|\\[^]|'')*'/y,
  /'(?:[^']|'')*'/y,
  /"(?:[^"]|"")*"/y,
  /\$(?<tag>[A-Za-z_]\w*)?\$[^]*?\$\k<tag>\$/y,
];

/** @returns the statements without their semicolons and without the comments before them */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let at = 0;
  while (at < sql.length) {
    const end = blockCommentEnd(sql, at) ?? opaqueEnd(sql, at);
    if (end !== null) {
      at = end;
      continue;
    }
    if (sql[at] === ";") {
      statements.push(sql.slice(start, at));
      start = at + 1;
    }
    at += 1;
  }
  statements.push(sql.slice(start));
  return statements.map(withoutLeadingComments).filter((statement) => statement !== "");
}

/** The statement on one line, with at most so many characters. */
export function briefStatement(statement: string, length = 100): string {
  const line = statement
    .replaceAll(/--[^\n]*/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return line.length <= length ? line : `${line.slice(0, length - 3)}...`;
}

function opaqueEnd(sql: string, at: number): number | null {
  for (const pattern of OPAQUE) {
    pattern.lastIndex = at;
    if (pattern.test(sql)) return pattern.lastIndex;
  }
  return null;
}

/** Block comments can contain block comments. */
function blockCommentEnd(sql: string, start: number): number | null {
  if (!sql.startsWith("/*", start)) return null;
  let depth = 1;
  let at = start + 2;
  while (at < sql.length && depth > 0) {
    const step = sql.startsWith("/*", at) ? 1 : sql.startsWith("*/", at) ? -1 : 0;
    depth += step;
    at += step === 0 ? 1 : 2;
  }
  return at;
}

function withoutLeadingComments(statement: string): string {
  let rest = statement.trim();
  for (;;) {
    const end = rest.startsWith("--") ? opaqueEnd(rest, 0) : blockCommentEnd(rest, 0);
    if (end === null) return rest;
    rest = rest.slice(end).trim();
  }
}
