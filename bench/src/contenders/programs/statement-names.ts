/** Gives each distinct statement a name, so that a connection prepares it once (Prisma's `statementNameGenerator`). */
export function statementNames(): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const name = names.get(sql) ?? `s${names.size}`;
    names.set(sql, name);
    return name;
  };
}
