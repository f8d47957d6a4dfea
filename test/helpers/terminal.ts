/** A program at a real terminal: a pseudo-terminal of util-linux's `script`, where a person would sit. */
import { spawn, spawnSync } from 'node:child_process';

/** Whether this computer has what it takes. */
export const HAS_TERMINAL =
  process.platform === 'linux' && spawnSync('script', ['--version'], { stdio: 'ignore' }).status === 0;

/** What a person types, once the screen shows what is asked. */
export interface Typed {
  readonly after: RegExp;
  readonly keys: string;
}

export interface Seen {
  readonly code: number | null;
  /** Everything that the terminal showed, without its control sequences. */
  readonly screen: string;
  /** The same with them. */
  readonly raw: string;
}

/** Runs a line of the shell; stdin, stdout and stderr are all the terminal. @param env the whole environment */
export function atTerminal(
  line: string,
  env: Readonly<Record<string, string>>,
  cwd: string,
  typed: readonly Typed[] = [],
  columns = 100,
): Promise<Seen> {
  return new Promise((resolve, reject) => {
    // A terminal that was made for a pipe has no width of its own.
    const command = `stty cols ${columns} rows 40; exec ${line}`;
    const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
      cwd,
      env: { TERM: 'xterm', SHELL: '/bin/sh', ...env },
      stdio: 'pipe',
    });
    const waiting = [...typed];
    let shown = '';
    let heard = 0;
    const hear = (text: string) => {
      shown += text;
      const [next] = waiting;
      const match = next?.after.exec(shown.slice(heard));
      if (next === undefined || match == null) return;
      heard = shown.length;
      waiting.shift();
      child.stdin.write(next.keys);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.stdin.on('error', () => undefined);
    child.once('error', reject);
    child.once('close', (code) => {
      if (waiting.length > 0) reject(new Error(`Nothing asked for ${waiting[0]?.after}:\n${shown}`));
      else resolve({ code, screen: plain(shown), raw: shown });
    });
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what is taken out
const CONTROL = /\u001b(?:\[[0-9;?]*[A-Za-z]|[=>()][A-Z0-9]?)/g;

function plain(text: string): string {
  return text.replace(CONTROL, '').replace(/\r/g, '');
}
