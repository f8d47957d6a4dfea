/** The built bridge as a program that is installed for good, with a tap on what its hosts and it say to each other. */
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface WireMessage {
  readonly from: 'host' | 'bridge';
  readonly message: JsonObject;
}

export interface InstalledBridge {
  readonly script: string;
  /** What each process of the bridge and its host said since the last look; processes in order of their start. */
  takeWires(): Promise<readonly (readonly WireMessage[])[]>;
  remove(): Promise<void>;
}

export async function installBridge(): Promise<InstalledBridge> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'lucanto-installed-')));
  const home = join(folder, 'node_modules', 'lucanto-mcp');
  const wire = join(home, 'wire');
  await mkdir(home, { recursive: true });
  for (const part of ['bin', 'dist', 'package.json']) await cp(join(ROOT, part), join(home, part), { recursive: true });
  await cp(join(ROOT, 'test', 'clients', 'tap.cjs'), join(home, 'bin', 'tap.cjs'));
  const script = join(home, 'bin', 'lucanto-mcp.js');
  await rename(script, join(home, 'bin', 'launcher.js'));
  // What commands print is no conversation with a host.
  const tap = "if (!['login', 'setup'].includes(process.argv[2])) require('./tap.cjs');";
  await writeFile(script, `${tap}\nrequire('./launcher.js');\n`);
  const taken = new Set<string>();
  return {
    script,
    takeWires: async () => {
      const files = await readdir(wire).catch(() => []);
      const fresh = files.filter((file) => !taken.has(file)).toSorted();
      for (const file of fresh) taken.add(file);
      const texts = await Promise.all(fresh.map((file) => readFile(join(wire, file), 'utf8')));
      return texts.map((text) => text.split('\n').flatMap(messageIn));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function messageIn(recorded: string): readonly WireMessage[] {
  if (recorded === '') return [];
  const entry = parseJson(recorded);
  if (!isJsonObject(entry) || typeof entry.line !== 'string') return [];
  const message = parseJson(entry.line);
  if (!isJsonObject(message)) throw new Error(`A line that is no message: ${entry.line}`);
  return [{ from: entry.from === 'host' ? 'host' : 'bridge', message }];
}
