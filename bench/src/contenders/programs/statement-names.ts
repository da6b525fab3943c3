/** Names each distinct statement once, so that a connection prepares it once (`statementNameGenerator` of Prisma's adapter). */
export function statementNames(): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const name = names.get(sql) ?? `s${names.size}`;
    names.set(sql, name);
    return name;
  };
}
