/** A test for each fault: doctor names it and its fix, and neither tells a secret nor changes anything. */
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { programAndService } from '../cli/program-and-service.ts';
import { DEAD, type Fault } from './faults/fault.ts';
import { type TestComputer, testComputer } from './test-computer.ts';

export function testFaults(faults: readonly Fault[]): void {
  const bench = programAndService('workspaces');
  let computer: TestComputer;
  const rows: string[] = [];
  afterAll(() => {
    process.stdout.write(`fault | check: state | fix\n${rows.join('\n')}\n`);
  });
  beforeEach(() => {
    computer = testComputer(bench.program, bench.service);
  });
  afterEach(() => computer.leave());

  it.each(faults.map((fault): [string, Fault] => [fault.fault, fault]))(
    'finds: %s',
    async (name, { arrange, finds, detail, fix }) => {
      const { args = [], env = {} } = (await arrange(computer)) ?? {};
      const before = bench.program.files();
      const doctor = await computer.runDoctor(args, env);
      expect([...doctor.findings].sort()).toEqual([...finds].sort());
      const found = doctor.of(finds[0].replace(/: .*/, ''));
      expect(found.detail).toMatch(detail);
      expect(found.fix ?? '').toMatch(fix);
      expect(doctor.code).toBe(finds.some((one) => one.endsWith('fail')) ? 1 : 0);
      expect(doctor.stderr).toBe('');
      rows.push(`${name} | ${found.id}: ${found.state} | ${found.fix}`);
      const { manage, read } = bench.service.tokens;
      for (const secret of [DEAD, manage, read, 'opaque-secret-4711', 'hunter2', 'secret-word']) {
        expect(doctor.stdout).not.toContain(secret);
      }
      expect(doctor.stdout).not.toContain(bench.program.home);
      expect(exceptCaches(bench.program.files())).toEqual(exceptCaches(before));
    },
  );
}

/** What an app's own process remembers of another token than the stored one is that process's. */
function exceptCaches(files: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(files).filter((name) => !/[/]cache[/]/.test(name));
}
