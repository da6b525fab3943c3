/** The token in what a person copied from a mail: the token, or the link that ends in it. */
export function mailedToken(text: string): string {
  const trimmed = text.trim();
  return /\bpj[io]_[\w-]+/.exec(trimmed)?.[0] ?? trimmed;
}
