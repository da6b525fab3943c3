// Splits a command line as bash does, without running anything in it: `$(...)`, variables and `~` stay as they are.

export interface BashLine {
  readonly words: readonly string[];
  readonly current: string;
  /** The part of `current` that bash does not replace, because a word of its own begins after it: `--status=`. */
  readonly kept: string;
  /** The quote that is open at the cursor, or nothing. */
  readonly quote: "" | "'" | '"';
  readonly isRedirected: boolean;
}

/** @param wordBreaks the value of COMP_WORDBREAKS, at which bash begins a word of its own */
export function parseBashLine(line: string, wordBreaks: string): BashLine {
  const words: string[] = [];
  let quote: BashLine["quote"] = "";
  /** Undefined between two words. */
  let word: string | undefined;
  let kept = "";
  let redirection: "" | "operator" | "file" = "";
  const end = () => {
    if (word !== undefined && redirection === "") words.push(word);
    if (word !== undefined && redirection === "file") redirection = "";
    if (redirection === "operator") redirection = "file";
    [word, kept] = [undefined, ""];
  };
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    const next = line.charAt(at + 1);
    if (quote !== "") {
      const isEscaped = quote === '"' && character === "\\" && /["\\$`]/.test(next);
      if (character === quote) quote = "";
      else if (isEscaped) {
        word = `${word ?? ""}${next}`;
        at += 1;
      } else word = `${word ?? ""}${character}`;
    } else if (character === "\\") {
      word = `${word ?? ""}${next}`;
      at += 1;
    } else if (/\s/.test(character)) end();
    else if (character === "<" || character === ">") {
      // A number before the operator is the descriptor.
      if (/^\d*&?$/.test(word ?? "")) word = undefined;
      end();
      redirection = "file";
      kept = "";
    } else {
      const before = word ?? "";
      if (character === '"' || character === "'") quote = character;
      else word = `${before}${character}`;
      word ??= "";
      // Bash begins the word with an @, because it completes the names of hosts.
      if (character === "@" && wordBreaks.includes("@")) kept = before;
      else if (quote !== "" || wordBreaks.includes(character)) kept = word;
    }
  }
  return { words: words.slice(1), current: word ?? "", kept, quote, isRedirected: redirection === "file" };
}

/** Writes text so that bash reads exactly it, inside the quote that is open. */
export function quoteForBash(text: string, quote: BashLine["quote"]): string {
  if (quote === "'") return text.replaceAll("'", String.raw`'\''`);
  // Inside double quotes, a backslash does not stop the expansion of the history, and it would stay in the word.
  if (quote === '"') return text.replaceAll(/["\\$`]/g, String.raw`\$&`).replaceAll("!", String.raw`"\!"`);
  return text.replaceAll(/[^\p{L}\p{M}\p{N}\p{Extended_Pictographic}_@%+,./:=-]/gu, String.raw`\$&`);
}
