import type { Flags } from '../config/resolve.ts';
import { EXIT, type ExitCode, UsageError } from '../core/errors.ts';
import type { Command, CommandContext, CommandInput } from './command.ts';
import type { Output } from './output.ts';

/**
 * What shells load. Each asks `lucanto-mcp complete <words before the cursor> --for=<the word at it>`, which answers one
 * candidate per line, with a tab and its description, or `:files`. The word has a name since PowerShell drops empty ones.
 */
const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

// bash 3.2, which macOS has, knows neither mapfile nor compopt, and bash-completion may be missing.
const BASH = `# bash completion for lucanto-mcp
_lucanto_mcp() {
  local value file current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    if [[ $value == :files ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "\${current#=}")
    else
      # Where = ends a word, only what follows it is replaced.
      [[ $COMP_WORDBREAKS == *=* ]] && value=\${value#--*=}
      COMPREPLY+=("$value")
    fi
  done < <(lucanto-mcp complete "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "--for=$current" 2>/dev/null)
}
complete -F _lucanto_mcp lucanto-mcp`;

// As a file in $fpath it is the function's body; evaluated, it has to announce itself.
const ZSH = `#compdef lucanto-mcp
_lucanto_mcp() {
  local line
  local -a found
  for line in "\${(@f)$(lucanto-mcp complete "\${(@Q)words[2,CURRENT-1]}" "--for=\${(Q)words[CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :files) compset -P '*='; _files; return ;;
      ?*) found+=("\${\${line//:/\\\\:}/$'\\t'/:}") ;;
    esac
  done
  _describe lucanto-mcp found
}
if [[ $funcstack[1] == _lucanto-mcp ]]; then _lucanto_mcp "$@"; else compdef _lucanto_mcp lucanto-mcp; fi`;

const FISH = `# fish completion for lucanto-mcp
function __lucanto_mcp_complete
    set -l current (commandline -ct)
    set -l before (commandline -opc)
    for line in (lucanto-mcp complete $before[2..-1] "--for=$current" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            echo "$line"
        end
    end
end
complete -c lucanto-mcp -f -a '(__lucanto_mcp_complete)'`;

const POWERSHELL = `# PowerShell completion for lucanto-mcp
Register-ArgumentCompleter -Native -CommandName lucanto-mcp -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
  lucanto-mcp complete @before "--for=$wordToComplete" 2>$null | Where-Object { $_ -ne ':files' } | ForEach-Object {
    $value, $about = $_ -split "\`t", 2
    if (-not $about) { $about = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
  }
}`;

const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: BASH,
  zsh: ZSH,
  fish: FISH,
  powershell: POWERSHELL,
};

export async function runCompletion({ output }: CommandContext, { operands }: CommandInput): Promise<ExitCode> {
  const [name = ''] = operands;
  const shell = SHELLS.find((one) => one === name);
  if (shell === undefined) {
    throw new UsageError(`There is no completion for ${JSON.stringify(name.slice(0, 40))}.`, {
      hint: `Run \`lucanto-mcp completion\` with one of ${SHELLS.join(', ')}.`,
    });
  }
  output.line(SCRIPTS[shell]);
  return EXIT.done;
}

const AT_CURSOR = '--for=';

/**
 * Answers from what is on disk, and silently where something is wrong.
 * @param contextOf what a command gets to know, by the settings on the line
 * @throws UsageError
 */
export async function answerShell(
  args: readonly string[],
  commands: readonly Command[],
  contextOf: (flags: Flags) => Promise<CommandContext>,
  output: Output,
): Promise<ExitCode> {
  const last = args.at(-1) ?? '';
  if (!last.startsWith(AT_CURSOR)) {
    throw new UsageError('`complete` is for shells, not for people.', {
      hint: 'Run `lucanto-mcp completion --help` to see how to set up completion.',
    });
  }
  const { candidatesFor, FILES, joined, readLine } = await import('./complete-line.ts');
  const words = joined([...args.slice(0, -1), last.slice(AT_CURSOR.length)]);
  const current = words.at(-1) ?? '';
  try {
    const found = await candidatesFor(readLine(words.slice(0, -1), commands), current, commands, contextOf);
    for (const { value, about } of found.filter(({ value }) => value === FILES || value.startsWith(current))) {
      const sentence = about.replace(/\s+/g, ' ').trim();
      output.line(sentence === '' ? value : `${value}\t${sentence}`);
    }
    return EXIT.done;
  } catch {
    // The command itself will report it; here it would end up in the middle of the line being typed.
    return EXIT.failed;
  }
}
