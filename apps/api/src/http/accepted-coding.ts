/**
 * Chooses the content coding that the client prefers, or null for plain bytes (RFC 9110, section 12.5.3). Without the header,
 * and if the client accepts nothing that is offered, the bytes are plain.
 * @param offered the codings that the server has, the preferred one first
 */
export function chooseCoding<Coding extends string>(
  header: string | string[] | undefined,
  offered: readonly Coding[],
): Coding | null {
  const qualities = qualitiesOf(String(header ?? ""));
  const qualityOf = (coding: string): number => qualities.get(coding) ?? qualities.get("*") ?? 0;
  const [best] = offered
    .filter((coding) => qualityOf(coding) > 0)
    .toSorted((a, b) => qualityOf(b) - qualityOf(a));
  if (best === undefined || qualityOf(best) < (qualities.get("identity") ?? 0)) return null;
  return best;
}

function qualitiesOf(header: string): ReadonlyMap<string, number> {
  const qualities = new Map<string, number>();
  for (const coding of header.toLowerCase().split(",")) {
    const [, name, quality = "1"] = /^\s*([\w*-]+)\s*(?:;\s*q=\s*([\d.]+)\s*)?$/.exec(coding) ?? [];
    if (name !== undefined && !qualities.has(name)) qualities.set(name, Number(quality));
  }
  return qualities;
}
