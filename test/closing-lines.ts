/** The last lines of a run: time and counts per folder for people, then the counts alone for programs that read logs. */
import { relative, sep } from 'node:path';
import type { Reporter, TestModule, Vitest } from 'vitest/node';

interface Counts {
  files: number;
  passed: number;
  failed: number;
  skipped: number;
  pending: number;
  milliseconds: number;
}

const none = (): Counts => ({ files: 0, passed: 0, failed: 0, skipped: 0, pending: 0, milliseconds: 0 });

export class ClosingLines implements Reporter {
  #root = process.cwd();

  onInit({ config }: Vitest): void {
    this.#root = config.root;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const folders = new Map<string, Counts>();
    const all = none();
    for (const module of modules) {
      const path = relative(this.#root, module.moduleId).split(sep);
      const folder = path.slice(0, 2).join('/');
      const counts = folders.get(folder) ?? none();
      folders.set(folder, counts);
      for (const sum of [counts, all]) {
        sum.files += 1;
        const { collectDuration, setupDuration, duration } = module.diagnostic();
        sum.milliseconds += collectDuration + setupDuration + duration;
        for (const test of module.children.allTests()) sum[test.result().state] += 1;
      }
    }
    const slowestFirst = [...folders].sort(([, a], [, b]) => b.milliseconds - a.milliseconds);
    const width = Math.max(...slowestFirst.map(([folder]) => folder.length));
    const rows = slowestFirst.map(([folder, counts]) => `${folder.padEnd(width)}  ${row(counts)}`);
    process.stdout.write(`\n${rows.join('\n')}\nSeconds are those of all files; files run side by side.\n`);
    process.stdout.write(`\n${all.passed} passed, ${all.failed} failed, ${all.skipped} skipped\n`);
  }
}

function row({ files, passed, failed, skipped, milliseconds }: Counts): string {
  const seconds = (milliseconds / 1000).toFixed(1).padStart(7);
  const unusual = [failed > 0 ? `, ${failed} failed` : '', skipped > 0 ? `, ${skipped} skipped` : ''].join('');
  return `${seconds} s  ${String(files).padStart(3)} files  ${String(passed).padStart(4)} passed${unusual}`;
}
