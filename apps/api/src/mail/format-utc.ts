/** Formats a time such as `25 November 2026, 19:55 UTC`, independent of the server's locale. */
export function formatUtc(date: Date): string {
  const day = date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
  return `${day}, ${date.toISOString().slice(11, 16)} UTC`;
}
