import { firstLine } from "./paths.ts";
import type { Shell } from "./shell.ts";
import { tabbed } from "./tabbed.ts";

/** fish quotes what it inserts. */
const script = `# fish completion of projo
function __projo_path
    if test -n "$argv[1]"
        echo -- '~'(string sub -s (math 1 + (string length -- $argv[1])) -- $argv[2])
    else
        echo -- $argv[2]
    end
end
function __projo_complete
    set -l current (commandline -ct)
    set -l lines (command projo __complete fish -- (commandline -opc)[2..-1] "$current" </dev/null 2>/dev/null)
    set -l first $lines[1]
    set -l path (string replace -r -- '^--[^=]*=' '' $current | string unescape; or echo -- $current)
    set -l option (string match -r -- '^--[^=]*=' $current)
    # fish expands the ~ of a word, but not that of its completions.
    set -l home (string match -q -- '~/*' $current; and echo -- $HOME)
    test -n "$home"; and set path $home(string sub -s 2 -- $path)
    switch "$first"
        case files
            for found in (__fish_complete_path "$path")
                __projo_path "$home" "$option$found"
            end
        case directories
            for found in (__fish_complete_directories "$path")
                __projo_path "$home" "$option$found"
            end
        case '*'
            for line in $lines[2..-1]
                echo -- $line
            end
    end
end
complete -c projo -f -a '(__projo_complete)'`;

export const fish: Shell = {
  script,
  install: "projo completion fish \\\n  > ~/.config/fish/completions/projo.fish",
  parse: (args) => ({
    words: args.slice(0, -1),
    current: withoutQuotes(args.at(-1) ?? ""),
    write: (suggestions) => [firstLine(suggestions), ...tabbed(suggestions)].join("\n"),
  }),
};

/** fish passes the word at the cursor as it is typed. fish itself compares it with the candidates. */
const withoutQuotes = (word: string): string => word.replaceAll(/\\(.)|["']/g, "$1");
