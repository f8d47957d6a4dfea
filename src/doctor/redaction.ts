import type { Machine } from '../config/paths.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { AppFile, Report } from './check.ts';

/** What leaves this machine in a ticket: no token in any form, no password of a proxy, no name of the user's home. */
/** `/root` is no part of `/rootfs`. */
const WHOLE_NAME = '(?![\\w.-])';
const SECRET = /token|secret|password|key/i;
const PASSWORD = /([a-z]+:[/]{2})[^\s/@"'<]+@/gi;

/** Tokens that stand in apps' files, and what is called a secret there: programs that are started may repeat it. */
export function secretsOf(apps: readonly AppFile[]): readonly string[] {
  return apps.flatMap(({ entries }) => entries.flatMap(({ token, entry }) => [token ?? '', ...secretVariables(entry)]));
}

function secretVariables({ env }: JsonObject): readonly string[] {
  const own = isJsonObject(env) ? Object.entries(env) : [];
  return own.flatMap(([name, value]) => (SECRET.test(name) && typeof value === 'string' ? [value] : []));
}

/** Tokens are masked by whoever prints. */
export function withoutPasswords(reports: readonly Report[]): readonly Report[] {
  return changed(reports, (text) => text.replace(PASSWORD, '$1[user]@'));
}

export function withoutHome({ home, platform }: Machine, reports: readonly Report[]): readonly Report[] {
  return changed(reports, (text) => homeless(text, home, platform));
}

function homeless(text: string, home: string, platform: Machine['platform']): string {
  // A root user's home may be `/`, and a test's anything.
  if (home.length < 3) return text;
  const pattern = new RegExp(
    home.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') + WHOLE_NAME,
    platform === 'win32' ? 'gi' : 'g',
  );
  return text.replace(pattern, '~');
}

function changed(reports: readonly Report[], change: (text: string) => string): readonly Report[] {
  return reports.map((report) => ({
    ...report,
    detail: change(report.detail),
    ...(report.fix !== undefined && { fix: change(report.fix) }),
  }));
}
