import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Client } from '../../src/setup/client.ts';
import { CLIENTS, isInstalled } from '../../src/setup/client-table.ts';
import { wordsOf } from '../../src/setup/entry.ts';
import {
  connectIn,
  disconnectIn,
  type FixtureHome,
  fixtureHome,
  inspectIn,
  PLATFORMS,
  type Platform,
} from './fixture-home.ts';
import { FIXTURES, TOKEN } from './fixture-texts.ts';

const homes: FixtureHome[] = [];
const outcomes: string[][] = [];
afterEach(() => {
  for (const home of homes.splice(0)) home.remove();
});
// The table that the issue asks to see.
afterAll(() => process.stdout.write(`${outcomes.map((cells) => cells.join(' | ')).join('\n')}\n`));

function homeWith(platform: Platform, client: Client, text: string | null) {
  const home = fixtureHome(platform);
  homes.push(home);
  const [file = ''] = client.files(home.place);
  if (text !== null) home.write(file, text);
  const read = () => (home.exists(file) ? readFileSync(home.disk(file), 'utf8') : null);
  const folder = () => (existsSync(dirname(home.disk(file))) ? readdirSync(dirname(home.disk(file))) : []);
  const beside = () => folder().filter((name) => name !== basename(home.disk(file)));
  return { home, file, read, beside };
}

describe.each(PLATFORMS)('on %s', (platform) => {
  describe.each(CLIENTS)('$title', (client) => {
    it.each(FIXTURES)('is connected once and for all: $title', async ({ title, text, outcome, restores }) => {
      const before = text(client);
      const { home, file, read, beside } = homeWith(platform, client, before);
      const first = await connectIn(home, client, file, { secrets: [TOKEN] });
      outcomes.push([
        platform,
        client.id,
        title,
        first.outcome === 'failed' ? `failed: ${first.problem}` : first.outcome,
      ]);
      expect(first.outcome).toBe(outcome);
      if (outcome === 'failed') {
        expect(read()).toBe(before);
        expect(beside()).toEqual([]);
        return;
      }
      const after = read() ?? '';
      const inspected = await inspectIn(home, client, file);
      expect(inspected).toMatchObject({ state: 'readable', recognised: { kind: 'ours', token: null } });
      expect(inspected.state === 'readable' && wordsOf(inspected.entry ?? {})).toEqual([
        home.place.node,
        home.place.script,
        ...(title === 'older entry (npx)' ? ['--read-only'] : []),
      ]);
      expect(after).not.toContain(TOKEN);
      const keepsBom = client.rejectsBom !== true;
      expect(after.startsWith('\uFEFF')).toBe(keepsBom && before?.startsWith('\uFEFF') === true);
      if (before?.includes('\r\n')) expect(after.replaceAll('\r\n', '')).not.toContain('\n');
      if (before) expect(after.endsWith('\n')).toBe(before.endsWith('\n'));

      utimesSync(home.disk(file), 1_000, 1_000);
      expect(await connectIn(home, client, file)).toMatchObject({ outcome: 'unchanged' });
      expect(statSync(home.disk(file)).mtimeMs).toBe(1_000_000);

      expect(await disconnectIn(home, client, file)).toMatchObject({ outcome: 'changed' });
      if (restores) expect(read()).toBe(keepsBom ? before : (before?.replace(/^\uFEFF/, '') ?? null));
      else expect(read()).not.toContain(home.place.script);
      if (before === null)
        expect([isInstalled(client, home.place), home.exists(home.place.machine.home)]).toEqual([false, true]);
      for (const name of beside())
        expect(readFileSync(join(dirname(home.disk(file)), name), 'utf8')).not.toContain(TOKEN);
    });

    it('keeps every line of others, and the backup has them all', async () => {
      const others = FIXTURES.find(({ title }) => title === 'comments')?.text(client) ?? '';
      const { home, file, read, beside } = homeWith(platform, client, others);
      await connectIn(home, client, file);
      const after = (read() ?? '').split('\n').map((line) => line.replace('}, //', '} //'));
      for (const line of others.split('\n')) expect(after).toContain(line);
      expect(beside()).toEqual([`${basename(home.disk(file))}.lucanto-backup`]);
      expect(readFileSync(join(dirname(home.disk(file)), beside()[0] ?? ''), 'utf8')).toBe(others);
    });

    it('writes through a link and keeps mode and link', async () => {
      const others = FIXTURES.find(({ title }) => title === 'other servers')?.text(client) ?? '';
      const { home, file, read } = homeWith(platform, client, others);
      const real = `${home.disk(file)}.in-dotfiles`;
      renameSync(home.disk(file), real);
      symlinkSync(real, home.disk(file));
      // More than the usual umask lets through.
      chmodSync(real, 0o664);
      expect(await connectIn(home, client, file)).toMatchObject({ outcome: 'changed' });
      expect(readFileSync(real, 'utf8')).toBe(read());
      expect(statSync(real).mode & 0o777).toBe(0o664);
      await disconnectIn(home, client, file);
      expect(readFileSync(real, 'utf8')).toBe(others);
    });

    it('leaves a read-only file alone, and a folder in its place', async () => {
      const others = FIXTURES.find(({ title }) => title === 'other servers')?.text(client) ?? '';
      const { home, file, read, beside } = homeWith(platform, client, others);
      chmodSync(home.disk(file), 0o444);
      expect(await connectIn(home, client, file)).toMatchObject({ outcome: 'failed', problem: 'is read-only' });
      expect([read(), beside()]).toEqual([others, []]);
      outcomes.push([platform, client.id, 'read-only', 'failed: is read-only']);
      const other = homeWith(platform, client, null);
      mkdirSync(other.home.disk(other.file), { recursive: true });
      expect(await connectIn(other.home, client, other.file)).toMatchObject({ outcome: 'failed' });
    });
  });
});
