import { inHome } from '../place.ts';
import { type Client, commandEntry } from './client.ts';

export const windsurf: Client = {
  id: 'windsurf',
  title: 'Windsurf',
  format: 'json',
  container: 'mcpServers',
  files: (place) => [inHome(place, '.codeium', 'windsurf', 'mcp_config.json')],
  traces: (place) => [inHome(place, '.codeium', 'windsurf')],
  commands: ['windsurf'],
  entry: commandEntry,
  takesUrl: true,
  startSeconds: () => null,
  startedFrom: 'desktop',
  next: () => 'In Windsurf, press Refresh in the MCP panel of Cascade, or restart Windsurf.',
  ownCommand: null,
  deepLink: null,
};
