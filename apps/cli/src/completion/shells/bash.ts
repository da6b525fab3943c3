import type { Candidate } from "../candidate.ts";
import type { Suggestions } from "../suggest.ts";
import { type BashLine, parseBashLine, quoteForBash } from "./bash-line.ts";
import { firstLine } from "./paths.ts";
import type { Shell } from "./shell.ts";

/** Bash inserts a reply as it is, so projo quotes it. The script itself evaluates nothing. It also runs in bash 3.2 of macOS. */
const script = `# bash completion of projo
_projo() {
  local first='' reply
  COMPREPLY=()
  while IFS= read -r reply; do
    if [[ -z $first ]]; then first=$reply; else COMPREPLY+=("$reply"); fi
  done < <(command projo __complete bash -- "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" "$COMP_TYPE" </dev/null 2>/dev/null)
  case $first in
    files) compopt -o default 2>/dev/null ;;
    directories) compopt -o dirnames 2>/dev/null ;;
    open) compopt -o nospace 2>/dev/null ;;
  esac
}
if type compopt >/dev/null 2>&1; then
  complete -F _projo projo
else
  complete -o default -F _projo projo
fi`;

export const bash: Shell = {
  script,
  install: `echo 'source <(projo completion bash)' >> ~/.bashrc`,
  parse([line = "", wordBreaks = "", type = ""]) {
    const parsed = parseBashLine(line, wordBreaks);
    const { words, current, isRedirected } = parsed;
    return {
      words,
      current,
      isRedirected,
      // "?" (63): bash shows the candidates and inserts none.
      write: (suggestions) => write(parsed, suggestions, type === "63"),
    };
  },
};

function write({ current, kept, quote }: BashLine, suggestions: Suggestions, isListed: boolean): string {
  const { typed } = suggestions;
  const matches = matching(suggestions.candidates, current.slice(typed.length));
  const lines = matches.map(({ value, description }) => {
    if (isListed) return description ? `${value}  (${description})` : value;
    const word = `${typed}${value}`;
    return quoteForBash(word.startsWith(kept) ? word.slice(kept.length) : word, quote);
  });
  return [firstLine(suggestions), ...lines].join("\n");
}

/** Returns the candidates that begin with the text. If none does, ignores case, but only for a single candidate. */
export function matching(candidates: readonly Candidate[], text: string): readonly Candidate[] {
  const exact = candidates.filter(({ value }) => value.startsWith(text));
  if (exact.length > 0) return exact;
  const folded = text.toLowerCase();
  const similar = candidates.filter(({ value }) => value.toLowerCase().startsWith(folded));
  return similar.length === 1 ? similar : [];
}
