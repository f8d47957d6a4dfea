/** Our entry as a text to paste. */
import type { Client } from '../../setup/clients/client.ts';
import { editText } from '../../setup/text/config-text.ts';
import { freshEntry } from '../../setup/wanted.ts';
import type { SetupRun } from './run.ts';

export async function snippetOf(client: Client, { launch, carried, name }: SetupRun): Promise<string> {
  const entry = freshEntry(client, launch, carried);
  const edited = await editText(client.format, '', { container: client.container, name }, entry);
  return 'value' in edited ? edited.value.trimEnd() : '';
}
