/** The maximum number of named statements. Further statements get the empty name and are planned each time. */
const MAX_NAMES = 500;

/** Gives each distinct statement a name, so that a connection prepares it once. */
export function statementNames(prefix: string): (text: string) => string {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size >= MAX_NAMES) return "";
    const name = `${prefix}_${names.size}`;
    names.set(text, name);
    return name;
  };
}
