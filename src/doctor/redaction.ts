/** What leaves this machine in a ticket: no token in any form, no password of a proxy, no name of the user's home. */

import type { Machine } from '../config/setting.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import { redact } from '../log.ts';
import type { Report } from './check.ts';
import type { DoctorContext } from './context.ts';

/** `/root` is no part of `/rootfs`. */
const WHOLE_NAME = '(?![\\w.-])';
const TOKEN = '[token]';
/** Shorter ones would be found in ordinary words. */
const SHORTEST = 6;
const SECRET = /token|secret|password|key/i;
const PASSWORD = /([a-z]+:[/]{2})[^\s/@"'<]+@/gi;

export function withoutSecrets(
  { credential, apps, place }: DoctorContext,
  reports: readonly Report[],
): readonly Report[] {
  const secrets = [
    credential.credential?.token,
    place.env.LUCANTO_TOKEN?.trim(),
    ...apps.flatMap(({ entries }) => entries.flatMap(({ token, entry }) => [token, ...secretVariables(entry)])),
  ].filter((secret) => typeof secret === 'string' && secret.length >= SHORTEST);
  const clean = (text: string) =>
    redact(secrets.reduce<string>((masked, secret) => masked.replaceAll(String(secret), TOKEN), text)).replace(
      PASSWORD,
      '$1[user]@',
    );
  return changed(reports, clean);
}

/** Of an entry, by their names. */
function secretVariables({ env }: JsonObject): readonly unknown[] {
  return isJsonObject(env) ? Object.entries(env).flatMap(([name, value]) => (SECRET.test(name) ? [value] : [])) : [];
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
