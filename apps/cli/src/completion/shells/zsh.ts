import { firstLine } from "./paths.ts";
import type { Shell } from "./shell.ts";
import { tabbed } from "./tabbed.ts";

/** compadd quotes what it inserts. (Q) removes quotes and evaluates nothing. */
const script = `#compdef projo
# zsh completion of projo
_projo() {
  local -a lines values displays
  local line value description width=0
  lines=("\${(@f)$(command projo __complete zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" </dev/null 2>/dev/null)}")
  local first="\${lines[1]}"
  shift lines
  if [[ $first == (files|directories) ]]; then
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    if [[ $first == files ]]; then _files; else _files -/; fi
    return
  fi
  for line in "\${lines[@]}"; do
    value="\${line%%$'\\t'*}"
    (( \${(m)#value} > width )) && width=\${(m)#value}
  done
  for line in "\${lines[@]}"; do
    value="\${line%%$'\\t'*}"
    description="\${line#*$'\\t'}"
    values+=("$value")
    if [[ -n $description ]]; then displays+=("\${(mr:width:)value}  -- $description"); else displays+=("$value"); fi
  done
  (( $#values )) || return 1
  local -a options=(-l)
  [[ $first == open ]] && options+=(-S '')
  compadd "\${options[@]}" -d displays -a values
}
if [[ \${funcstack[1]} == _projo ]]; then
  _projo "$@"
else
  compdef _projo projo
fi`;

export const zsh: Shell = {
  script,
  install: `# after the line with compinit\necho 'source <(projo completion zsh)' >> ~/.zshrc`,
  parse: (args) => ({
    words: args.slice(0, -1),
    current: args.at(-1) ?? "",
    write: (suggestions) => [firstLine(suggestions), ...tabbed(suggestions)].join("\n"),
  }),
};
