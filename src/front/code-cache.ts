import { createHash, type Hash } from 'node:crypto';
import { readFileSync, renameSync, rm, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Script } from 'node:vm';
import { isJsonObject } from '../core/json.ts';
import { readPrivate } from './ready-answers.ts';

/**
 * Loads the program, with what Node compiled of it by the first call of an earlier process. Node's own cache is missing
 * in Node 20, leaves out functions that are compiled at their first use, and lies where other users can write. The file
 * has a line of JSON (for each part of the program where its code is, and a hash of both), and then the code.
 */

const NEWLINE = 0x0a;
const HEAD = Buffer.from('(function(exports,require,module,__dirname){');
const TAIL = Buffer.from('\n})');
/** A second call may follow at once. */
const KEEP_AFTER_MS = 500;

/** @param folder of the program. @param cache where compiled code may be kept; null where it may not */
export function loadProgram(folder: string, cache: string | null) {
  // Another Node has a file of its own; a program that changed replaces what is in it.
  const path = cache && join(cache, `code-${process.version}-${process.versions.v8}-${process.arch}.bin`);
  let kept = path === null ? null : readKept(path);
  let isKept = kept !== null;
  const scripts = new Map<string, { readonly hash: Hash; readonly script: Script }>();
  const modules = new Map<string, { exports: unknown }>();
  const load = (name: string): unknown => {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const filename = join(folder, name);
    // As bytes: strings that are put together are copied once more, where only a whole collection removes them.
    const source = Buffer.concat([HEAD, readFileSync(filename), TAIL]);
    const hash = createHash('sha256').update(source);
    const code = kept === null ? undefined : codeOf(name, hash, kept);
    // The build leaves ASCII only.
    const script = new Script(source.toString('latin1'), { filename, ...(code && { cachedData: code }) });
    // Node refuses by itself what another version compiled, or the same one with other flags.
    if (code === null || script.cachedDataRejected === true) isKept = false;
    scripts.set(name, { hash, script });
    const required = (id: string) => (id.startsWith('./') ? load(id.slice(2)) : require(id));
    const module: { exports: unknown } = { exports: {} };
    modules.set(name, module);
    try {
      script.runInThisContext()(module.exports, required, module, folder);
    } catch (error) {
      // As Node does: what failed is tried again when it is needed again.
      modules.delete(name);
      throw error;
    }
    return module.exports;
  };
  const onCalled = () => {
    // Most of it was used, and it takes megabytes.
    kept = null;
    if (isKept || path === null) return;
    isKept = true;
    setTimeout(() => keep(path, scripts), KEEP_AFTER_MS).unref();
  };
  return { program: load('main.cjs'), onCalled };
}

function readKept(path: string) {
  const file = readPrivate(path);
  if (file === null) return null;
  const end = file.indexOf(NEWLINE);
  try {
    const parts: unknown = JSON.parse(file.toString('utf8', 0, end));
    return isJsonObject(parts) ? { parts, body: file.subarray(end + 1) } : null;
  } catch {
    return null;
  }
}

/** Undefined where none is kept of that part, and null where it does not fit. */
function codeOf(name: string, source: Hash, { parts, body }: NonNullable<ReturnType<typeof readKept>>) {
  const part = parts[name];
  if (!isJsonObject(part) || typeof part.from !== 'number' || typeof part.length !== 'number') return undefined;
  const code = body.subarray(part.from, part.from + part.length);
  return part.hash === hashOf(source, code) ? code : null;
}

/** Node compares no more than the length of the source, and runs damaged code as it stands. */
function hashOf(source: Hash, code: Buffer): string {
  return source.copy().update(code).digest('hex');
}

/** Fails silently: it is only a cache. */
function keep(path: string, scripts: ReadonlyMap<string, { readonly hash: Hash; readonly script: Script }>): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    const codes: Buffer[] = [];
    let from = 0;
    const parts = [...scripts].map(([name, { hash, script }]) => {
      const code = script.createCachedData();
      codes.push(code);
      from += code.length;
      return [name, { from: from - code.length, length: code.length, hash: hashOf(hash, code) }];
    });
    const header = Buffer.from(`${JSON.stringify(Object.fromEntries(parts))}\n`);
    writeFileSync(draft, Buffer.concat([header, ...codes]), { mode: 0o600 });
    renameSync(draft, path);
  } catch {
    rm(draft, { force: true }, () => undefined);
  }
}
