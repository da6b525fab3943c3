/** How the versions of projo and of a server fit. docs/compatibility.md states the promises. */
export interface VersionFit {
  isCompatible: boolean;
  /** What it means for the user, and the next step. */
  text: string;
}

/** Compares two semantic versions. Within a major version all work together, from 0.1.0 on. */
export function versionFit(projo: string, server: string): VersionFit {
  const [own, other] = [numbersOf(projo), numbersOf(server)];
  if (!own || !other) return { isCompatible: true, text: "the versions cannot be compared" };
  if (own.major < other.major) {
    const text = `projo is too old for this server. Run: npm install --global @projostack/cli@${other.major}`;
    return { isCompatible: false, text };
  }
  if (own.major > other.major) {
    const text = `projo is too new for this server. Run: npm install --global @projostack/cli@${other.major}, or update the server`;
    return { isCompatible: false, text };
  }
  if (own.minor > other.minor)
    return { isCompatible: true, text: "compatible, but the server is older and may lack some operations" };
  if (own.minor < other.minor)
    return { isCompatible: true, text: "compatible, but a newer projo has more commands" };
  return { isCompatible: true, text: "compatible" };
}

function numbersOf(version: string): { major: number; minor: number } | undefined {
  const [, major, minor] = /^(\d+)\.(\d+)\./.exec(version) ?? [];
  return major === undefined || minor === undefined
    ? undefined
    : { major: Number(major), minor: Number(minor) };
}
