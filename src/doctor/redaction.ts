import type { Machine } from '../config/paths.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { AppFile, Report } from './check.ts';

/** What a report must not carry away from this computer: tokens, passwords of proxies, the name of the user's home. */
// `/root` is not a part of `/rootfs`.
const WHOLE_NAME = '(?![\\w.-])';
const SECRET = /token|secret|password|key/i;
const PASSWORD = /([a-z]+:[/]{2})[^\s/@"'<]+@/gi;

/** Tokens in apps' files, and variables there with a secret's name: programs that are started may repeat them. */
export function secretsOf(apps: readonly AppFile[]): readonly string[] {
  return apps.flatMap(({ entries }) => entries.flatMap(({ token, entry }) => [token ?? '', ...secretVariables(entry)]));
}

function secretVariables({ env }: JsonObject): readonly string[] {
  const own = isJsonObject(env) ? Object.entries(env) : [];
  return own.flatMap(([name, value]) => (SECRET.test(name) && typeof value === 'string' ? [value] : []));
}

/** Tokens are masked where output is written. */
export function withoutPasswords(reports: readonly Report[]): readonly Report[] {
  return changed(reports, (text) => text.replace(PASSWORD, '$1[user]@'));
}

/** With `~` in place of the user's home. */
export function withoutHome({ home, platform }: Machine, reports: readonly Report[]): readonly Report[] {
  // A root user's home may be `/`, and a test's anything.
  if (home.length < 3) return reports;
  const escaped = home.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const pattern = new RegExp(escaped + WHOLE_NAME, platform === 'win32' ? 'gi' : 'g');
  return changed(reports, (text) => text.replace(pattern, '~'));
}

function changed(reports: readonly Report[], change: (text: string) => string): readonly Report[] {
  return reports.map((report) => ({
    ...report,
    detail: change(report.detail),
    ...(report.fix !== undefined && { fix: change(report.fix) }),
  }));
}
