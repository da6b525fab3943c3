/** Extracts the token from text copied from a mail: the token itself, or the link that contains it. */
export function mailedToken(text: string): string {
  const trimmed = text.trim();
  return /\bpj[io]_[\w-]+/.exec(trimmed)?.[0] ?? trimmed;
}
