import { describe, expect, it } from 'vitest';
import { ownArguments } from '../../src/core/command-name.ts';

const SCRIPT = '/apps/lucanto/bin/lucanto-mcp.js';

describe('The arguments of the program', () => {
  it.each([
    [['/usr/bin/node', SCRIPT, 'tools', '--json']],
    [['/usr/bin/node', '/usr/local/bin/lucanto-mcp', 'tools', '--json']],
    [['C:\\node.exe', 'C:\\x\\renamed.js', 'tools', '--json']],
  ])('are the words after the script: %j', (argv) => {
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
  ])('are, inside an Electron app with %j, the words %j', (argv, own) => {
    expect(ownArguments(argv, true)).toEqual(own);
  });
});
