import { inHome } from '../place.ts';
import { type Client, commandEntry } from './client.ts';

export const cursor: Client = {
  id: 'cursor',
  title: 'Cursor',
  format: 'jsonc',
  container: 'mcpServers',
  files: (place) => [inHome(place, '.cursor', 'mcp.json')],
  traces: (place) => [inHome(place, '.cursor')],
  commands: ['cursor'],
  entry: commandEntry,
  takesUrl: true,
  startSeconds: () => null,
  startedFrom: 'desktop',
  next: (_, name) =>
    `In Cursor, see that ${name} is switched on in Settings, Tools & MCP; restart Cursor if it is not listed.`,
  ownCommand: null,
  deepLink: (name, entry) => {
    const config = Buffer.from(JSON.stringify(entry)).toString('base64');
    return `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(name)}&config=${encodeURIComponent(config)}`;
  },
};
