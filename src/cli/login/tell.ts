import type { Credential } from '../../auth/credential.ts';
import { KIND_WORDS } from '../../auth/token.ts';
import { claudeDesktopFile, claudeDesktopSnippet } from '../claude-desktop.ts';
import type { CommandContext } from '../command.ts';
import { costInWords, narrowingAdvice } from '../context-cost.ts';
import type { Verified } from './verify.ts';

/** What the token opens, and what to do next. */
export function tellLogin(context: CommandContext, credential: Credential, verified: Verified | null): void {
  const { settings, env, output } = context;
  const bold = (text: string) => output.style('bold', text);
  const done = verified === null ? 'Stored, not verified:' : output.style('green', 'Logged in:');
  output.line(`${done} a ${KIND_WORDS[credential.kind]} for ${credential.origin} (profile ${settings.profile}).`);
  if (verified !== null) {
    const { workspaces, scopes, listing } = verified;
    output.line(`${bold('Workspaces')}  ${workspaces.map(({ id, name }) => `${name} (${id})`).join(', ') || 'none'}`);
    output.line(
      `${bold('Scopes')}      ${scopes.join(', ') || 'not known: the service lists no tools for this token'}`,
    );
    output.line(`${bold('Tools')}       ${costInWords(listing)}`);
  }
  output.line(`${bold('Stored in')}   ${credential.where}`);
  const advice = verified === null ? null : narrowingAdvice(verified.listing, verified.resources);
  for (const note of [...(verified?.notes ?? []), ...(advice === null ? [] : [advice])]) output.note(`note: ${note}`);
  output.line();
  output.line('Next: `lucanto-mcp tools` shows what it may do. To use it in Claude Desktop, put this into');
  output.line(`${claudeDesktopFile(settings.machine, env)} and restart the app:`);
  output.line();
  output.line(claudeDesktopSnippet(settings));
}
