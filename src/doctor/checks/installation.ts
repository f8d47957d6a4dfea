import { launchOf } from '../../setup/launch.ts';
import { VERSION } from '../../version.ts';
import { type Check, ok, warn } from '../check.ts';

export const installationCheck: Check = {
  id: 'installation',
  title: 'Installation',
  run: ({ place }) => {
    if (!launchOf(place).throughNpx) return ok(`${VERSION}, installed at ${place.script}`);
    return warn(
      `${VERSION} runs from the cache of npx (${place.script}): apps start it through npx, about 650 ms slower each time, and with the network on the first`,
      'Run `npm install -g lucanto-mcp`, then `lucanto-mcp setup`.',
    );
  },
};
