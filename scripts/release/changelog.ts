// Merges the notes of later changesets into the section of a version that is not published yet.

interface Versions {
  /** The version that changesets gave to the later notes. */
  readonly given: string;
  /** The version that they join. */
  readonly amended: string;
}

/**
 * Merges two states of a changelog.
 * @param before the changelog whose first section is that of the amended version
 * @param after the changelog with a further section for the given version
 */
export function mergeChangelog(before: string, after: string, { given, amended }: Versions): string {
  const later = groupsOf(sectionOf(after, given));
  const groups = groupsOf(sectionOf(before, amended));
  for (const [title, notes] of later)
    groups.set(title, [groups.get(title), notes].filter(Boolean).join("\n"));
  const order = ["Major Changes", "Minor Changes", "Patch Changes"];
  const titles = [...groups.keys()].toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
  const section = titles.map((title) => `### ${title}\n\n${groups.get(title)}\n`).join("\n");
  return before.replace(sectionOf(before, amended), `\n${section}`);
}

/** Returns the text between the heading of a version and the next heading of that level. */
function sectionOf(changelog: string, version: string): string {
  const heading = `## ${version}\n`;
  const start = changelog.indexOf(heading);
  if (start === -1) throw new Error(`The changelog has no section of the version ${version}.`);
  const rest = changelog.slice(start + heading.length);
  const end = rest.search(/^## /m);
  return end === -1 ? rest : rest.slice(0, end);
}

function groupsOf(section: string): Map<string, string> {
  const groups = new Map<string, string>();
  for (const part of section.split(/^### /m).slice(1)) {
    const [title = "", ...lines] = part.split("\n");
    groups.set(title.trim(), lines.join("\n").trim());
  }
  return groups;
}
