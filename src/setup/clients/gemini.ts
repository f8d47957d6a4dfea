import { inHome } from '../place.ts';
import { type Client, commandEntry } from './client.ts';

export const gemini: Client = {
  id: 'gemini',
  title: 'Gemini CLI',
  format: 'jsonc',
  container: 'mcpServers',
  files: (place) => [inHome(place, '.gemini', 'settings.json')],
  traces: (place) => [inHome(place, '.gemini')],
  commands: ['gemini'],
  entry: commandEntry,
  takesUrl: true,
  startSeconds: () => null,
  startedFrom: 'terminal',
  next: () => 'Start a new session of Gemini CLI; /mcp shows the connection.',
  ownCommand: null,
  deepLink: null,
};
