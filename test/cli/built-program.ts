/** The built program in child processes, with a home of its own. */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '../helpers/run.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string;
  /** Leaves stdin open, as a terminal or an app does. */
  readonly keepOpen?: true;
  readonly env?: Readonly<Record<string, string>>;
  /** With the whole of Node, where its memory is measured. */
  readonly optimized?: true;
  /** Sends SIGINT once this settles. */
  readonly interruptWhen?: Promise<unknown>;
  /** Sends this signal once stdout or stderr has said something that matches. */
  readonly signalAfter?: { readonly pattern: RegExp; readonly signal: NodeJS.Signals };
}

export interface Program {
  readonly home: string;
  /** An empty home for the next runs. */
  newHome(): void;
  run(args: readonly string[], options?: RunOptions): Promise<Run>;
  /** Everything under the home, by path relative to it. */
  files(): Record<string, string>;
  remove(): void;
}

/** A copy of what was built: whatever is built while the tests of a file run, they meet the same program. */
export function copyProgram(): Program {
  const folder = mkdtempSync(path.join(tmpdir(), 'lucanto-cli-'));
  for (const name of ['bin', 'dist']) cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  let home = mkdtempSync(path.join(folder, 'home-'));
  return {
    get home() {
      return home;
    },
    newHome: () => {
      home = mkdtempSync(path.join(folder, 'home-'));
    },
    run: (args, options = {}) => run(path.join(folder, 'bin', 'lucanto-mcp.js'), home, args, options),
    files: () => filesUnder(home),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function run(bin: string, home: string, args: readonly string[], options: RunOptions): Promise<Run> {
  const env = { PATH: process.env.PATH ?? '', HOME: home, USERPROFILE: home, APPDATA: home, ...options.env };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...(options.optimized ? [] : NODE_FLAGS), bin, ...args], { cwd: home, env });
    let stdout = '';
    let stderr = '';
    let signalled = false;
    const heard = () => {
      const { signalAfter } = options;
      if (signalled || signalAfter === undefined || !signalAfter.pattern.test(stdout + stderr)) return;
      signalled = true;
      child.kill(signalAfter.signal);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      heard();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      heard();
    });
    child.once('error', reject).once('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.on('error', () => undefined);
    void options.interruptWhen?.then(() => child.kill('SIGINT'));
    child.stdin.write(options.stdin ?? '');
    if (options.keepOpen !== true) child.stdin.end();
  });
}

function filesUnder(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(folder, file), readFileSync(file, 'utf8')];
    }),
  );
}
