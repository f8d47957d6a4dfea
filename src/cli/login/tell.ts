import type { Credential } from '../../auth/credential.ts';
import { commandLine } from '../../auth/login-line.ts';
import { KIND_WORDS } from '../../auth/token.ts';
import type { CommandContext } from '../command.ts';
import { costInWords, narrowingAdvice } from '../context-cost.ts';
import type { Verified } from './verify.ts';

/** What the token opens. */
export function tellLogin(context: CommandContext, credential: Credential, verified: Verified | null): void {
  const { settings, output } = context;
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
    const advice = narrowingAdvice(listing, verified.resources);
    if (advice !== null) output.line(`            ${advice}`);
  }
  output.line(`${bold('Stored in')}   ${credential.where}`);
  for (const note of verified?.notes ?? []) output.note(`note: ${note}`);
  output.line();
}

/** For who has not come from there. */
export function tellSetup({ settings, output }: CommandContext): void {
  const setup = commandLine('setup', settings);
  output.line(`Next: \`${setup}\` connects Claude Desktop and other apps; \`lucanto-mcp tools\` shows what it may do.`);
}
