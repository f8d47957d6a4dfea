/** Reads a token from the first line of a file that the user names. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Machine } from '../config/paths.ts';
import { AuthError } from '../core/errors.ts';
import { codeOf } from './profile.ts';

const MAX_BYTES = 16 * 1024;

/**
 * @returns the first line unchanged, and sentences for the log
 * @throws AuthError naming the file and what is wrong with it
 */
export function readTokenFile(
  path: string,
  machine: Machine,
): { readonly text: string; readonly warnings: readonly string[] } {
  const { bytes, mode } = readStart(path);
  if (bytes.length > MAX_BYTES) throw fileError(path, 'is too large to be a token file');
  const text =
    decode(bytes)
      .split(/\r?\n|\r/, 1)[0]
      ?.trim() ?? '';
  if (text === '') throw fileError(path, bytes.length === 0 ? 'is empty' : 'has an empty first line');
  const open = machine.platform !== 'win32' && (mode & 0o077) !== 0;
  const warning = `The token file ${path} can be read by other users of this computer: run \`chmod 600 ${JSON.stringify(path)}\``;
  return { text, warnings: open ? [warning] : [] };
}

function readStart(path: string): { bytes: Buffer; mode: number } {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, 'r');
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) throw fileError(path, 'is a folder');
    return { bytes: readUpTo(descriptor, MAX_BYTES + 1), mode: stats.isFile() ? stats.mode : 0 };
  } catch (cause) {
    if (cause instanceof AuthError) throw cause;
    throw fileError(
      path,
      REASONS[codeOf(cause) ?? ''] ?? `cannot be read (${codeOf(cause) ?? 'unknown error'})`,
      cause,
    );
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'cannot be read by this user',
  EPERM: 'cannot be read by this user',
};

// In a loop, since a pipe (`--token-file <(pass lucanto)`) gives what it has, which may be less than it will have.
function readUpTo(descriptor: number, limit: number): Buffer {
  const buffer = Buffer.alloc(limit);
  let length = 0;
  while (length < limit) {
    const read = readSync(descriptor, buffer, length, limit - length, null);
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}

// Windows PowerShell 5 writes UTF-16 with `>`.
function decode(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
}

function fileError(path: string, what: string, cause?: unknown): AuthError {
  return new AuthError('token_file', `The token file ${path} ${what}.`, {
    hint: 'Put the token alone on the first line of that file, or leave out --token-file and LUCANTO_TOKEN_FILE and run `lucanto-mcp login`.',
    cause,
  });
}
