/** Formats a time in UTC, to the minute: `2026-01-31T12:00Z`. */
export const shortTime = (at: string): string => `${new Date(at).toISOString().slice(0, 16)}Z`;
