/** Most statements kept prepared on a connection; the ones after these are planned each time. */
const MOST = 500;

/** Names each distinct statement once, so that a connection prepares it once. */
export function statementNames(prefix: string): (text: string) => string {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size >= MOST) return "";
    const name = `${prefix}_${names.size}`;
    names.set(text, name);
    return name;
  };
}
