/** With our own files and folders. */
import { chmodSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { expect } from 'vitest';
import { front } from '../services.ts';
import { CONFIG, PROFILE } from '../test-computer.ts';
import type { Fault } from './fault.ts';

export const DISK_FAULTS: readonly Fault[] = [
  {
    fault: 'config directory and API key that other users can read',
    arrange: async ({ loggedIn, path: at }) => {
      await loggedIn();
      chmodSync(at(CONFIG), 0o755);
      chmodSync(at(PROFILE), 0o644);
      return undefined;
    },
    finds: ['config-dir: fail'],
    detail: /\(0644\) holds the API key and can be read by other users of this computer[.]$/,
    fix: /^Run `chmod -R go= .*lucanto-mcp`[.]$/,
  },
  {
    fault: 'config directory that other users can read, API key closed',
    arrange: async ({ loggedIn, path: at }) => {
      await loggedIn();
      chmodSync(at(CONFIG), 0o750);
      return undefined;
    },
    finds: ['config-dir: warn'],
    detail: /\(0750\) can be read by other users of this computer[.]$/,
    fix: /^Run `chmod -R go= /,
  },
  {
    fault: 'file where the config directory should be',
    arrange: ({ put, service }) => {
      put(CONFIG, 'a file');
      return { args: ['--url', service.url], env: { LUCANTO_TOKEN: service.tokens.manage } };
    },
    finds: ['config-dir: fail'],
    detail: /is not a folder[.]$/,
    fix: /--config-dir <dir>/,
  },
  {
    fault: 'damaged cache',
    arrange: async ({ loggedIn, put }) => {
      await loggedIn();
      put(path.join(CONFIG, 'cache', 'abc', 'contract.json'), '{"fetched');
      return undefined;
    },
    finds: ['caches: warn'],
    detail: /contract[.]json is damaged and is ignored[.]$/,
    fix: /^Run `rm .*contract[.]json`[.]$/,
  },
  {
    fault: 'file where the files folder should be',
    arrange: async ({ loggedIn, put, path: at }) => {
      await loggedIn();
      put('receipts', 'a file');
      return { args: ['--files', at('receipts')] };
    },
    finds: ['files-folder: fail'],
    detail: /receipts is not a folder/,
    fix: /^Choose another folder with --files/,
  },
  {
    fault: 'open write in the ledger',
    arrange: async ({ login, run, keep, service }) => {
      const isWrite = ({ method, url }: IncomingMessage) => method === 'POST' && url?.startsWith('/api/v1/') === true;
      const { origin } = keep(await front(service, {}, isWrite));
      await login(service.tokens.manage, '--url', origin);
      const args = JSON.stringify({ workspace_id: '42', name: 'Acme s.r.o.' });
      const call = await run('call', 'lucanto_create_contact', '--args', args, '--timeout', '3');
      expect(call.code).not.toBe(0);
      return undefined;
    },
    finds: ['open-writes: warn'],
    detail: /^It is not known whether lucanto_create_contact of .* was carried out[.]$/,
    fix: /^Run `lucanto-mcp history --open`/,
  },
  {
    fault: 'another version on this computer',
    arrange: async ({ loggedIn, put }) => {
      await loggedIn();
      const folder = path.join('.npm', '_npx', 'ab12', 'node_modules', 'lucanto-mcp');
      put(path.join(folder, 'package.json'), '{"name": "lucanto-mcp", "version": "0.0.9"}');
      return undefined;
    },
    finds: ['versions: warn'],
    detail: /^There is another version on this computer: 0[.]0[.]9 in .*_npx.*[.]$/,
    fix: /^Delete that folder/,
  },
];
