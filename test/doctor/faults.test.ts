import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/server.ts';
import { buildProgram, type Program } from '../cli/built-program.ts';
import { APP_FAULTS } from './faults/apps.ts';
import { DISK_FAULTS } from './faults/disk.ts';
import { ENTRY_FAULTS } from './faults/entries.ts';
import { DEAD, type Fault } from './faults/fault.ts';
import { NETWORK_FAULTS } from './faults/network.ts';
import { TOKEN_FAULTS } from './faults/token.ts';
import { type Patient, patientOf } from './patient.ts';

let program: Program;
let service: DemoService;
let patient: Patient;
const rows: string[] = [];
beforeAll(async () => {
  program = await buildProgram();
  service = await startDemo({ port: 0, generation: 'workspaces', clock: Date.now });
});
afterAll(async () => {
  process.stdout.write(`fault | check: state | fix\n${rows.join('\n')}\n`);
  await service?.close();
  program?.remove();
});
beforeEach(() => {
  patient = patientOf(program, service);
});
afterEach(() => patient.leave());

const FAULTS = [...TOKEN_FAULTS, ...NETWORK_FAULTS, ...DISK_FAULTS, ...APP_FAULTS, ...ENTRY_FAULTS];

/** What an app's own process remembers of another token than the stored one is that process's. */
function lasting(files: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(files).filter((name) => !/[/]cache[/]/.test(name));
}

describe('doctor', () => {
  it.each(FAULTS.map((fault): [string, Fault] => [fault.fault, fault]))(
    'finds: %s',
    async (name, { arrange, finds, detail, fix }) => {
      const { args = [], env = {} } = (await arrange(patient)) ?? {};
      const before = program.files();
      const examined = await patient.examine(args, env);
      expect([...examined.findings].sort()).toEqual([...finds].sort());
      const found = examined.of(finds[0].replace(/: .*/, ''));
      expect(found.detail).toMatch(detail);
      expect(found.fix ?? '').toMatch(fix);
      expect(examined.code).toBe(finds.some((one) => one.endsWith('fail')) ? 1 : 0);
      expect(examined.stderr).toBe('');
      rows.push(`${name} | ${found.id}: ${found.state} | ${found.fix}`);
      const { manage, read } = service.tokens;
      for (const secret of [DEAD, manage, read, 'opaque-secret-4711', 'hunter2', 'secret-word']) {
        expect(examined.stdout).not.toContain(secret);
      }
      expect(examined.stdout).not.toContain(program.home);
      expect(lasting(program.files())).toEqual(lasting(before));
    },
  );
});
