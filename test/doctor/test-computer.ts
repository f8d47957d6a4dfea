/** A computer for doctor to check: a home, a service on loopback, an app that is connected to it. */

import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DemoService } from '../../src/demo/demo-server.ts';
import type { Program, Run } from '../cli/built-program.ts';

export const DESKTOP = path.join('.config', 'Claude', 'claude_desktop_config.json');
export const CODEX = path.join('.codex', 'config.toml');
export const CURSOR = path.join('.cursor', 'mcp.json');
export const CONFIG = path.join('.config', 'lucanto-mcp');
export const PROFILE = path.join(CONFIG, 'profiles', 'profile-default.json');

const NO_APP = 'No app is connected, and none';

interface CheckReport {
  readonly id: string;
  readonly title: string;
  readonly state: 'ok' | 'warn' | 'fail' | 'skip';
  readonly detail: string;
  readonly fix: string | null;
}

interface DoctorRun extends Run {
  readonly checks: readonly CheckReport[];
  /** Those that are neither fine nor skipped, as `id: state`. */
  readonly findings: readonly string[];
  of(id: string): CheckReport;
}

export interface TestComputer {
  readonly program: Program;
  readonly service: DemoService;
  path(name: string): string;
  put(name: string, text: string, mode?: number): void;
  login(token: string, ...args: readonly string[]): Promise<Run>;
  /** The state after `login` with the manage token, copied from the first time. */
  loggedIn(): Promise<void>;
  run(...args: readonly string[]): Promise<Run>;
  /** The report of `doctor --json`. */
  runDoctor(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<DoctorRun>;
  /** Closes it when the test is over. */
  keep<T extends { close(): unknown }>(thing: T): T;
  leave(): Promise<void>;
}

export function testComputer(program: Program, service: DemoService): TestComputer {
  program.newHome();
  const kept: { close(): unknown }[] = [];
  const inHome = (name: string) => path.join(program.home, name);
  const login = (token: string, ...args: readonly string[]) =>
    program.run(['login', '--url', service.url, ...args], { stdin: token });
  return {
    program,
    service,
    path: inHome,
    put: (name, text, mode = 0o600) => {
      mkdirSync(path.dirname(inHome(name)), { recursive: true, mode: 0o700 });
      writeFileSync(inHome(name), text, { mode });
    },
    login,
    loggedIn: async () => {
      const stored = path.join(path.dirname(program.home), 'stored');
      if (existsSync(stored)) return cpSync(stored, inHome(CONFIG), { recursive: true, preserveTimestamps: true });
      const { code, stderr } = await login(service.tokens.manage);
      if (code !== 0) throw new Error(stderr);
      cpSync(inHome(CONFIG), stored, { recursive: true, preserveTimestamps: true });
    },
    run: (...args) => program.run(args),
    runDoctor: async (args = [], env = {}) => {
      const run = await program.run(['doctor', '--json', ...args], { env });
      const checks = checksIn(run);
      return {
        ...run,
        checks,
        findings: checks
          .filter(({ state }) => state === 'warn' || state === 'fail')
          // Most of these computers have no app at all, which is a finding of its own.
          .filter(({ detail }) => !detail.startsWith(NO_APP))
          .map(({ id, state }) => `${id}: ${state}`),
        of: (id) => {
          const found = checks.find((check) => check.id === id);
          if (found === undefined) throw new Error(`No check ${id} in ${run.stdout}`);
          return found;
        },
      };
    },
    keep: (thing) => {
      kept.push(thing);
      return thing;
    },
    leave: async () => {
      for (const thing of kept.splice(0)) await thing.close();
    },
  };
}

function checksIn({ stdout, stderr }: Run): readonly CheckReport[] {
  const value: unknown = stdout.startsWith('{') ? JSON.parse(stdout) : null;
  if (typeof value !== 'object' || value === null || !('checks' in value) || !Array.isArray(value.checks)) {
    throw new Error(`No report: ${stdout} ${stderr}`);
  }
  return value.checks.filter(isCheckReport);
}

function isCheckReport(value: unknown): value is CheckReport {
  return typeof value === 'object' && value !== null && 'id' in value && 'state' in value && 'detail' in value;
}

/** A stand-in for our script that does something else; its name makes the entry ours. */
export function entryOf(script: string): string {
  return JSON.stringify({ mcpServers: { lucanto: { command: process.execPath, args: [script] } } });
}

/** Answers initialize and tools/list as a server does. */
export const SERVER = `
process.stdin.on('data', (chunk) => {
  for (const line of chunk.toString().split('\\n').filter(Boolean)) {
    const { id, method } = JSON.parse(line);
    const result = method === 'tools/list' ? { tools: [{ name: 'a' }] } : { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'x', version: '1' } };
    if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
  }
});
`;
