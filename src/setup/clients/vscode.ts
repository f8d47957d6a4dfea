import { inAppData } from '../place.ts';
import { type Client, stdioEntry } from './client.ts';

export const vscode: Client = {
  id: 'vscode',
  title: 'VS Code',
  format: 'jsonc',
  container: 'servers',
  files: (place) => [inAppData(place, 'Code', 'User', 'mcp.json')],
  traces: (place) => [inAppData(place, 'Code', 'User')],
  commands: ['code'],
  entry: stdioEntry,
  takesUrl: true,
  startSeconds: () => null,
  startedFrom: 'desktop',
  next: (_, name) => `In VS Code, run "MCP: List Servers" and start ${name}; VS Code asks once whether to trust it.`,
  ownCommand: {
    program: 'code',
    add: (name, entry) => [['--add-mcp', JSON.stringify({ name, ...entry })]],
    remove: () => null,
  },
  deepLink: (name, entry) => `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name, ...entry }))}`,
};
