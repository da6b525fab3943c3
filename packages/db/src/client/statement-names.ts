/** Most statements kept prepared on a connection; the ones after these are planned each time. */
const MOST = 500;

/** Names each distinct statement once, so that a connection prepares it once. */
export function statementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= MOST) return "";
    const name = `projo_${names.size}`;
    names.set(sql, name);
    return name;
  };
}
