import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { resolveCredential } from '../auth/credential.ts';
import { loadSettings, profilePaths } from '../auth/profile.ts';
import { cacheFolder, thisMachine } from '../config/paths.ts';
import { serveFlags, typedCommand } from '../config/resolve.ts';
import { asTyped, ownArguments } from '../core/command-name.ts';
import { EXIT } from '../core/errors.ts';
import { isJsonObject } from '../core/json.ts';
import { visibleText } from '../core/text.ts';
import { noteOn } from '../server/instructions.ts';
import type { Opening } from '../server/wire.ts';
import { Front } from './front.ts';
import {
  type CachedFiles,
  type ReadyAnswers,
  readCachedFiles,
  readPrivate,
  readyAnswersIn,
  readyKey,
  readyPath,
} from './ready-answers.ts';

/**
 * The entry of the program, built as one small CommonJS file: a start of the server that finds ready answers for its
 * options begins with them, everything else is the program's. Nothing heavy may be imported from here.
 */

/** A copy looks whether the service changed, but no more often than this. */
const FRESH_MS = 60 * 60_000;
/** The refresh must not compete with the first answers: hosts measure those. */
const REFRESH_AFTER_MS = 150;
/** A parent that is killed says nothing, and its pipes may be held open by others (npx, a shell). */
const PARENT_CHECK_MS = 2_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Where compiled code may be kept, once that is known: also where no ready answers fit. */
let codeFolder: string | null = null;

/**
 * Null where the program must start as a whole; `service` is null where there is none to ask, and `confirmedAt` 0 where
 * the token was never seen there. @throws whatever the program will report in its own words
 */
function readyStart() {
  if (process.env.LUCANTO_NO_FRONT || process.stdin.isTTY) return null;
  const flags = serveFlags(ownArguments(process.argv, process.versions.electron !== undefined));
  if (flags === null) return null;
  const { settings, profile } = loadSettings(flags, process.env, thisMachine(process.argv[1] ?? ''));
  if (settings.logLevel === 'debug' || settings.logLevel === 'info') return null;
  if (settings.demo) {
    const ready = bundled(readyKey(settings, true));
    return ready && { ready, note: '', secret: '', service: null };
  }
  // A pipe gives its token once.
  if (settings.tokenFile !== null && !statSync(settings.tokenFile).isFile()) return null;
  const { credential, problem, warnings } = resolveCredential(settings, process.env, profile);
  if (warnings.length > 0) return null;
  const token = credential?.token ?? '';
  const folder = cacheFolder(settings.configDir, settings.url, token);
  if (!arePrivate([...profilePaths(settings), join(folder, '..'), folder])) return null;
  if (credential !== null) codeFolder = folder;
  const cached = readCachedFiles(folder);
  const key = readyKey(settings, credential !== null);
  const ready = cached === null ? bundled(key) : kept(readyPath(folder, key), key, cached);
  const note = problem === null ? '' : visibleText(asTyped(noteOn(problem), typedCommand(settings)));
  if (ready === null || note.length > ready.noteChars) return null;
  const service = { origin: settings.url, token, folder, confirmedAt: cached?.confirmedAt ?? 0 };
  return { ready, note, secret: token, service: credential === null ? null : service };
}

function bundled(key: string): ReadyAnswers | null {
  return readyAnswersIn(readFileSync(join(__dirname, 'ready.txt')), key, null);
}

function kept(path: string, key: string, cached: CachedFiles): ReadyAnswers | null {
  const file = readPrivate(path);
  return file && readyAnswersIn(file, key, cached);
}

/** What others can read is for the program to mend. */
function arePrivate(paths: readonly string[]): boolean {
  if (process.platform === 'win32') return true;
  return paths.every((path) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) === 0);
}

function begin({ ready, note, secret, service }: NonNullable<ReturnType<typeof readyStart>>): void {
  const { stdin, stdout } = process;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const checkAfter = (ms: number) => {
    timer = setTimeout(async () => {
      const isSeen = service !== null && service.confirmedAt > 0;
      // Where the check itself is missing, the program finds out.
      const check = isSeen ? await import('./service-check.ts').catch(() => null) : null;
      const isSame = isSeen && (await check?.isServiceUnchanged({ ...service, env: process.env, clock: Date.now }));
      if (isOver) return;
      if (isSame) checkAfter(FRESH_MS);
      else front.handOver();
    }, ms).unref();
  };
  const release = watchForEnd();
  const finish = () => {
    isOver = true;
    clearTimeout(timer);
    release();
  };
  const front = new Front({
    ...{ ready, note, secret, stdin, stdout },
    onFirstAnswer: () => {
      if (service !== null) checkAfter(Math.max(REFRESH_AFTER_MS, service.confirmedAt + FRESH_MS - Date.now()));
    },
    onHandOver: (opening) => {
      finish();
      void program(opening);
    },
    onEnd: (isLost) => {
      finish();
      // With answers still to be read, the process ends by itself.
      if (isLost) process.exit(EXIT.done);
    },
  });
  front.start();
}

/** The process ends with a signal or with its parent. @returns leaves that to others */
function watchForEnd(): () => void {
  const parent = process.ppid;
  let watch: NodeJS.Timeout | undefined;
  // After what was there to be read: the first timer of a process takes longer than an answer. It also keeps the process
  // alive: an app that loads the bundle feeds a stdin of its own, which does not.
  const soon = setImmediate(() => {
    watch = setInterval(() => {
      if (process.ppid !== parent) process.exit(EXIT.done);
    }, PARENT_CHECK_MS);
  });
  const onSignal = (signal: NodeJS.Signals) => process.exit(signal === 'SIGINT' ? EXIT.interrupted : EXIT.done);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    clearImmediate(soon);
    clearInterval(watch);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

async function program(opening: Opening | null): Promise<void> {
  const { loadProgram } = await import('./code-cache.ts');
  const { program: loaded, onCalled } = loadProgram(__dirname, codeFolder);
  if (isJsonObject(loaded) && typeof loaded.main === 'function') await loaded.main(opening, onCalled);
}

function readyOrNull() {
  try {
    return readyStart();
  } catch {
    return null;
  }
}

const start = readyOrNull();
if (start === null) void program(null);
else begin(start);
