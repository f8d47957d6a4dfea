import { describe, expect, it } from 'vitest';
import { ownArguments } from '../../src/core/command-name.ts';

const SCRIPT = '/apps/lucanto/bin/lucanto-mcp.js';

describe('the words of the command line that are for us', () => {
  it.each([
    [['/usr/bin/node', SCRIPT, 'tools', '--json']],
    [['/usr/bin/node', '/usr/local/bin/lucanto-mcp', 'tools', '--json']],
    [['C:\\node.exe', 'C:\\x\\renamed.js', 'tools', '--json']],
  ])('are those after the script in %j', (argv) => {
    expect(ownArguments(argv, false)).toEqual(['tools', '--json']);
  });

  it.each([
    [['/Claude Helper', SCRIPT], []],
    [
      ['/Claude Helper', SCRIPT, 'serve', '--read-only'],
      ['serve', '--read-only'],
    ],
    [['/Claude Helper', '/app.asar/nodeHost.js', SCRIPT], []],
    [['/Claude Helper', '/app.asar/nodeHost.js', '--type=utility', SCRIPT, 'serve'], ['serve']],
    [['C:\\Claude.exe', 'C:\\app.asar\\nodeHost.js', 'C:\\x\\bin\\lucanto-mcp.js', 'serve'], ['serve']],
    [['/Claude Helper', '/app.asar/nodeHost.js', '--type=utility'], []],
  ])('are, inside an app of Electron with %j, %j', (argv, own) => {
    expect(ownArguments(argv, true)).toEqual(own);
  });
});
