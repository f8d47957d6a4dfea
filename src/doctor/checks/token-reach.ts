/** What the token may do, and where. */
import { type Check, fail, failedWith, ok, skip, warn } from '../check.ts';

export const scopesCheck: Check = {
  id: 'scopes',
  title: 'Scopes',
  needs: ['token-accepted'],
  after: ['rest', 'mcp'],
  run: ({ service, settings, origin }, { stateOf }) => {
    const { scopes, tools, notes, catalogue } = service.known();
    if (tools === 0) {
      return fail(
        `this token may use no tool. ${notes.join(' ')}`.trim(),
        `Make a token with the scopes that you need at ${origin}/settings/api_keys, then run \`lucanto-mcp login\`.`,
      );
    }
    if (catalogue.source === 'never' && stateOf('mcp') === 'fail' && !settings.readOnly) {
      return skip(`${tools} tools, only those that read, because of "MCP endpoint" (mcp)`);
    }
    return ok(`${scopes.join(', ') || 'none known'}: ${tools} tools`);
  },
};

const SHOWN = 3;

export const workspacesCheck: Check = {
  id: 'workspaces',
  title: 'Workspaces',
  needs: ['token-accepted'],
  after: ['rest', 'mcp'],
  run: async ({ service, settings }, { stateOf }) => {
    const { workspaces } = await service.ask();
    if (workspaces instanceof Error) {
      if (stateOf('rest') === 'fail') return skip('not looked at because of "REST API" (rest)');
      return failedWith(workspaces);
    }
    if (workspaces.length === 0) {
      return warn(
        'the token reaches none',
        'Create a workspace in Lucanto, or log in with a token of a user who has one.',
      );
    }
    const names = workspaces.slice(0, SHOWN).map(({ id, name }) => `${name} (${id})`);
    const rest = workspaces.length > SHOWN ? ` and ${workspaces.length - SHOWN} more` : '';
    const pinned = settings.workspace;
    if (pinned === null) return ok(names.join(', ') + rest);
    const found = workspaces.find(({ id }) => id === pinned);
    if (found !== undefined) return ok(`pinned to ${found.name} (${found.id})`);
    return fail(
      `the pinned workspace ${pinned} is not among those that the token reaches: ${names.join(', ')}${rest}`,
      'Give --workspace the id of one of them, or leave it out.',
    );
  },
};
