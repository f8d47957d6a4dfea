/** How users run this program again: by its name, or through npx where nothing is installed. */

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
