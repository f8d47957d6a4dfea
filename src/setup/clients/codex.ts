import { pathsOf } from '../../config/paths.ts';
import { inHome, type Place } from '../place.ts';
import { type Client, commandEntry } from './client.ts';

const START_SECONDS = 10;
/** npx may have to download the program first. */
const NPX_START_SECONDS = 60;

export const codex: Client = {
  id: 'codex',
  title: 'Codex',
  format: 'toml',
  container: 'mcp_servers',
  files: (place) => [pathsOf(place.machine).join(folder(place), 'config.toml')],
  traces: (place) => [folder(place)],
  commands: ['codex'],
  entry: (launch) => ({
    ...commandEntry(launch),
    ...(launch.throughNpx && { startup_timeout_sec: NPX_START_SECONDS }),
  }),
  takesUrl: true,
  startSeconds: ({ startup_timeout_sec: own }) => (typeof own === 'number' ? own : START_SECONDS),
  startedFrom: 'terminal',
  next: () => 'Start a new session of Codex; /mcp shows the connection.',
  ownCommand: null,
  deepLink: null,
};

function folder(place: Place): string {
  const own = place.env.CODEX_HOME;
  return own && pathsOf(place.machine).isAbsolute(own) ? own : inHome(place, '.codex');
}
