import packageJson from '../../package.json' with { type: 'json' };

/** Which version this program is, how it was started, and how users run it again: by its name, or through npx where nothing is installed. */

export const COMMAND = 'lucanto-mcp';

// The caches of npx, pnpm dlx, yarn dlx and bunx: a copy there is on nobody's PATH, and may be gone tomorrow.
const PASSING = /[\\/](_npx|dlx(-[^\\/]*)?|xfs-[^\\/]*|bunx-[^\\/]*)[\\/]/;

/** @param script the path of this program's script */
export function isEphemeral(script: string): boolean {
  return PASSING.test(script);
}

export function commandOf(script: string): string {
  return isEphemeral(script) ? `npx ${COMMAND}` : COMMAND;
}

/** Commands that are about one account: without its options they would be about another one. */
const OF_AN_ACCOUNT =
  /^ (?:login|logout|setup|doctor|status|tools|call|history)(?= |$)(?!.* --(?:profile|config-dir)\b)/;

/**
 * Text of ours in which every command in backquotes can be typed as it stands.
 * @param command how this program is run, and the options that lead to the account in use
 */
export function asTyped(text: string, command: string): string {
  if (command === COMMAND) return text;
  const end = command.indexOf(COMMAND) + COMMAND.length;
  const account = command.slice(end);
  return text.replaceAll(/`lucanto-mcp((?: [^`]*)?)`/g, (_, words: string) => {
    const own = / --url\b/.test(words) ? account.replace(/ --url \S+/, '') : account;
    return `\`${command.slice(0, end)}${words}${OF_AN_ACCOUNT.test(words) ? own : ''}\``;
  });
}

const OWN_SCRIPT = /(^|[/\\])lucanto-mcp(\.js)?$/;

/**
 * The words of the command line that are for this program.
 * @param argv as `process.argv` has it
 * @param inElectron whether an Electron app's own Node runs it
 */
export function ownArguments(argv: readonly string[], inElectron: boolean): readonly string[] {
  if (!inElectron) return argv.slice(2);
  // Claude Desktop loads a bundle's script inside a process of its own, whose argv may begin with the app's loader and
  // Chromium's switches. Taken for ours, they would be unknown words, and nothing would start.
  const script = argv.findIndex((word) => OWN_SCRIPT.test(word));
  return script < 0 ? [] : argv.slice(script + 1);
}

/**
 * A word of a command that the user pastes into a shell. On Windows that is cmd.exe, and PowerShell wherever both can
 * read the same: not with `$` or a backquote in the word, nor with two percent signs.
 */
export function shellWord(word: string, { platform }: { readonly platform: NodeJS.Platform }): string {
  if (platform !== 'win32') {
    return /^[\w./:@%+,-][\w./:@%+=,~-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
  }
  if (/^(--?[\w-]+|[\w./:\\][\w./:@+~\\-]*)$/.test(word)) return word;
  // Two percent signs may be a variable, also between quotes; a backslash counts only before a quote.
  const isVariable = /%.*%/.test(word);
  const inner = word.replace(/(\\*)(["%]|$)/g, (all, slashes: string, mark: string) => {
    if (mark === '%') return isVariable ? `${slashes}${slashes}"^%"` : all;
    return `${slashes}${slashes}${mark}${mark}`;
  });
  return `"${inner}"`;
}

// The build puts version and build in place, so that no package.json is bundled.
declare const __VERSION__: string | undefined;
declare const __BUILD__: string | undefined;

export const VERSION: string = typeof __VERSION__ === 'string' ? __VERSION__ : packageJson.version;

/** Differs with every change of the code: what one build keeps for itself, no other takes for its own. */
export const BUILD: string = typeof __BUILD__ === 'string' ? __BUILD__ : 'source';
