// Replaces what differs from run to run: ids, times, tokens, ports, paths of temporary directories, hashes and durations. The
// replacement has the width of the text, so that tables stay aligned.
export function normalizer({ folder }: { folder: string }): (text: string) => string {
  const ids = new Map<string, string>();
  const nameOf = (id: string): string => {
    const known = ids.get(id) ?? `00000000-0000-7000-8000-${String(ids.size + 1).padStart(12, "0")}`;
    ids.set(id, known);
    return known;
  };
  return (text) =>
    text
      .replaceAll(folder, "/tmp/acceptance")
      .replaceAll(process.version.slice(1), "20.0.0")
      .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, nameOf)
      .replaceAll(/\b(pj[a-z]_)[\w-]{8,}/g, "$1TOKEN")
      // Messages show the day of the examples.
      .replaceAll(/\b20\d\d-(?!01-31)\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?/g, (time) =>
        time.replaceAll(/\d/g, "0"),
      )
      .replaceAll(/(--cursor |"nextCursor": ")[\w-]{20,}/g, "$1CURSOR")
      .replaceAll(/\b(127\.0\.0\.1|localhost):\d{4,5}\b/g, "$1:40000")
      .replaceAll(/\bport \d{5} of\b/g, "port 40000 of")
      // The server sends mails some time after the command.
      .replaceAll(/\bwaiting(?= 0000-)/g, "sent")
      .replaceAll(/("mailStatus": )"waiting"/g, '$1"sent"')
      .replaceAll(/\b[0-9a-f]{64}\b/g, "0".repeat(64))
      .replaceAll(/\b\d+(?:\.\d+)? ms\b/g, "0 ms")
      .replaceAll(/("latencyMs": )\d+(?:\.\d+)?/g, "$10");
}
