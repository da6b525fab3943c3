import { matching } from "./bash.ts";
import { firstLine } from "./paths.ts";
import type { Shell } from "./shell.ts";

/**
 * PowerShell inserts a reply as it is, so projo quotes it. The words are in a variable of the environment, because Windows
 * PowerShell loses empty arguments and quotes in arguments.
 */
const script = `# PowerShell completion of projo
Register-ArgumentCompleter -Native -CommandName projo -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
    })
    $encoding = [Console]::OutputEncoding
    $before = $env:PROJO_COMPLETION_LINE
    try {
        [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
        $env:PROJO_COMPLETION_LINE = (@($words) + @($wordToComplete)) -join "\`n"
        $lines = @(projo __complete powershell 2>$null)
    } finally {
        [Console]::OutputEncoding = $encoding
        $env:PROJO_COMPLETION_LINE = $before
    }
    if ($lines.Count -eq 0) { return }
    if ($lines[0] -eq 'files' -or $lines[0] -eq 'directories') {
        # Without a result, PowerShell completes paths.
        return
    }
    if ($lines.Count -eq 1) { return '' }
    $lines | Select-Object -Skip 1 | ForEach-Object {
        $text, $shown, $description = $_ -split "\`t", 3
        [System.Management.Automation.CompletionResult]::new($text, $shown, 'ParameterValue', $description)
    }
}`;

export const powershell: Shell = {
  script,
  install: "Add-Content $PROFILE `\n  'projo completion powershell | Out-String | iex'",
  parse(_args, { env }) {
    const words = (env["PROJO_COMPLETION_LINE"] ?? "").split("\n");
    const current = withoutQuotes(words.at(-1) ?? "");
    return {
      words: words.slice(0, -1),
      current,
      write(suggestions) {
        const { typed } = suggestions;
        const lines = matching(suggestions.candidates, current.slice(typed.length)).map(
          // A result without a tool tip is an error.
          ({ value, description }) => `${quote(`${typed}${value}`)}\t${value}\t${description || value}`,
        );
        return [firstLine(suggestions), ...lines].join("\n");
      },
    };
  },
};

/** In single quotes only the quote itself has a meaning. PowerShell takes the typographic quotes for it too. */
function quote(word: string): string {
  if (/^[\p{L}\p{N}_./:=+-]+$/u.test(word)) return word;
  return `'${word.replaceAll(/['\u2018-\u201b]/g, "$&$&")}'`;
}

const withoutQuotes = (word: string): string => word.replace(/^["'\u2018-\u201e]|["'\u2018-\u201e]$/g, "");
