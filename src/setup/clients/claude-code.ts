import { pathsOf } from '../../config/paths.ts';
import { isJsonObject } from '../../json.ts';
import { inHome, type Place } from '../place.ts';
import { type Client, stdioEntry } from './client.ts';

const SCOPE = ['--scope', 'user'] as const;

export const claudeCode: Client = {
  id: 'claude-code',
  title: 'Claude Code',
  format: 'json',
  container: 'mcpServers',
  // Where `claude mcp add` puts an entry unless it is told otherwise; there it comes before the user's.
  byFolder: ({ projects }) =>
    Object.fromEntries(
      Object.entries(isJsonObject(projects) ? projects : {}).map(([folder, project]) => [
        folder,
        isJsonObject(project) ? project.mcpServers : undefined,
      ]),
    ),
  files: (place) => [configFile(place)],
  traces: (place) => [configFile(place), inHome(place, '.claude')],
  commands: ['claude'],
  entry: stdioEntry,
  takesUrl: true,
  startSeconds: () => null,
  startedFrom: 'terminal',
  next: () => 'Start a new session of Claude Code; /mcp shows the connection.',
  ownCommand: {
    program: 'claude',
    add: (name, { type, command, args, env, ...more }, present) => {
      if (type !== 'stdio' || typeof command !== 'string' || Object.keys(more).length > 0) return null;
      const words = Array.isArray(args) ? args.map(String) : [];
      const variables = isJsonObject(env) ? Object.entries(env).map(([key, value]) => `${key}=${String(value)}`) : [];
      // -e takes everything that follows, so the name comes before it.
      const add = ['mcp', 'add', ...SCOPE, name, ...variables.flatMap((one) => ['-e', one]), '--', command, ...words];
      return present ? [['mcp', 'remove', ...SCOPE, name], add] : [add];
    },
    remove: (name) => ['mcp', 'remove', ...SCOPE, name],
  },
  deepLink: null,
};

function configFile(place: Place): string {
  const folder = place.env.CLAUDE_CONFIG_DIR;
  const paths = pathsOf(place.machine);
  return folder && paths.isAbsolute(folder) ? paths.join(folder, '.claude.json') : inHome(place, '.claude.json');
}
