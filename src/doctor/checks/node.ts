import { type Check, ok } from '../check.ts';

/** By the path of the program: who installed it, and so who updates or removes it. */
const SOURCES: readonly (readonly [RegExp, string])[] = [
  [/[\\/]fnm_multishells[\\/]|[\\/]fnm[\\/]node-versions[\\/]/i, 'fnm'],
  [/[\\/][.]?nvm[\\/]/i, 'nvm'],
  [/[\\/][.]?volta[\\/]/i, 'Volta'],
  [/[\\/]Cellar[\\/]|^[/]opt[/]homebrew[/]|[/][.]?linuxbrew[/]/, 'Homebrew'],
  [/[\\/][.]asdf[\\/]/, 'asdf'],
  [/[\\/]mise[\\/]installs[\\/]/, 'mise'],
  [/[\\/][.]nodenv[\\/]/, 'nodenv'],
  [/[\\/]n[\\/]versions[\\/]/, 'n'],
  [/^[/]nix[/]/, 'Nix'],
  [/^[/]snap[/]/, 'Snap'],
  [/[\\/]scoop[\\/]/i, 'Scoop'],
  [/[.]app[/]Contents[/]|[\\/]AnthropicClaude[\\/]|[\\/]resources[\\/]/i, "an app's own"],
  [/^[A-Z]:\\Program Files( \(x86\))?\\nodejs\\/i, "Node's installer"],
  [/^[/]usr[/]local[/]/, "Node's installer or an image (/usr/local)"],
  [/^[/]usr[/]bin[/]|^[/]bin[/]/, 'the system'],
];

/** That it is new enough is the launcher's to say: an older one does not come this far. */
export const nodeCheck: Check = {
  id: 'node',
  title: 'Node',
  run: ({ place, runtime }) => {
    const source = SOURCES.find(([pattern]) => pattern.test(place.node))?.[1] ?? 'a folder of its own';
    return ok(`${runtime.nodeVersion} from ${source}, ${place.node}`);
  },
};
