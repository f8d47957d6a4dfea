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

/** Text of ours in which every command in backquotes can be typed as it stands. */
export function asTyped(text: string, command: string): string {
  return command === COMMAND ? text : text.replaceAll(/`lucanto-mcp(?=[ `])/g, `\`${command}`);
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

// The build puts version and build in place, so that no package.json is bundled.
declare const __VERSION__: string | undefined;
declare const __BUILD__: string | undefined;

export const VERSION: string = typeof __VERSION__ === 'string' ? __VERSION__ : packageJson.version;

/** Differs with every change of the code: what one build keeps for itself, no other takes for its own. */
export const BUILD: string = typeof __BUILD__ === 'string' ? __BUILD__ : 'source';
