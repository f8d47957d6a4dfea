/** A home in which a host is connected with `lucanto-mcp setup`, and its runs against a mock model. */
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { type Ended, runToEnd } from '../helpers/child.ts';
import { type DemoProcess, startDemoProcess } from '../helpers/demo-process.ts';
import type { Host } from './hosts.ts';
import type { InstalledClient } from './installed.ts';
import { installBridge, type WireMessage } from './installed-bridge.ts';
import type { Step } from './mock-model/conversation.ts';
import { type Asked, startMockModel } from './mock-model/server.ts';
import { startNetworkTrap } from './network-trap.ts';

/** A run that hangs is ended, so that the others have their turn. */
const LIMITED = { timeout: 120_000, killSignal: 'SIGKILL' } as const;

export interface HostRun extends Ended {
  readonly asked: readonly Asked[];
  /** One for each process of the bridge that the host has started. */
  readonly wires: readonly (readonly WireMessage[])[];
}

export interface Session {
  readonly demo: DemoProcess;
  readonly setup: Ended;
  /** Hosts beyond loopback that were asked for, and refused. */
  readonly refused: ReadonlySet<string>;
  /** Runs `setup` again, with these options. */
  connect(...options: readonly string[]): Promise<Ended>;
  play(steps: readonly Step[], closing: string, further?: readonly string[]): Promise<HostRun>;
  /** Everything under the home as text, by path relative to it. */
  files(): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

export async function openSession(id: string, host: Host, client: InstalledClient): Promise<Session> {
  const [home, bridge, trap, model] = await Promise.all([
    mkdtemp(join(tmpdir(), `lucanto-${id}-`)).then((dir) => realpath(dir)),
    installBridge(),
    startNetworkTrap(),
    startMockModel(),
  ]);
  const project = join(home, 'project');
  await mkdir(project);
  for (const [path, text] of Object.entries(host.files(model.url))) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text);
  }
  const env = {
    ...trap.env,
    HOME: home,
    USERPROFILE: home,
    APPDATA: join(home, 'AppData', 'Roaming'),
    LOCALAPPDATA: join(home, 'AppData', 'Local'),
    SystemRoot: process.env.SystemRoot ?? '',
    PATH: [client.binFolder, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    NO_COLOR: '1',
  };
  const demoHome = { dir: project, configDir: project, env, remove: async () => undefined };
  const demo = await startDemoProcess(demoHome);
  const bridgeRun = (args: readonly string[], stdin: string) =>
    runToEnd(process.execPath, [bridge.script, ...args], { ...LIMITED, cwd: project, env }, stdin);
  const login = await bridgeRun(['login', '--url', demo.url], demo.token);
  if (login.code !== 0) throw new Error(`login ended with ${login.code}: ${login.stderr}`);
  const connect = (...options: readonly string[]) => bridgeRun(['setup', id, ...options], '');
  const setup = await connect();
  return {
    demo,
    setup,
    refused: trap.refused,
    connect,
    play: async (steps, closing, further = []) => {
      const asked = model.play(steps, closing);
      const words = [...client.command.slice(1), ...host.args('Do what the script says.', model.url), ...further];
      const [program = ''] = client.command;
      const ended = await runToEnd(program, words, {
        ...LIMITED,
        cwd: project,
        env: { ...env, ...host.env(model.url) },
      });
      return { ...ended, asked, wires: await bridge.takeWires() };
    },
    files: () => textsUnder(home),
    close: async () => {
      await Promise.all([demo.stop(), trap.close(), model.close()]);
      await Promise.all([bridge.remove(), rm(home, { recursive: true, force: true, maxRetries: 5 })]);
    },
  };
}

async function textsUnder(home: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.map(async (file) => [relative(home, file), await readFile(file, 'latin1')] satisfies [string, string]),
    ),
  );
}
