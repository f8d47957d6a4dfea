import { pathsOf } from '../../config/paths.ts';
import { inAppData, inDotConfig, type Place } from '../place.ts';
import { type Client, commandEntry } from './client.ts';

export const zed: Client = {
  id: 'zed',
  title: 'Zed',
  format: 'jsonc',
  container: 'context_servers',
  files: (place) => [pathsOf(place.machine).join(folder(place), 'settings.json')],
  traces: (place) => [folder(place)],
  commands: ['zed', 'zeditor'],
  entry: commandEntry,
  takesUrl: true,
  startSeconds: () => null,
  startedFrom: 'desktop',
  next: (_, name) => `Zed notices by itself; the agent panel's settings show ${name} with a green dot.`,
  ownCommand: null,
  deepLink: null,
};

function folder(place: Place): string {
  return place.machine.platform === 'win32' ? inAppData(place, 'Zed') : inDotConfig(place, 'zed');
}
