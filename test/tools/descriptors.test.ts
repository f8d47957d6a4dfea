import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { startOtherLucanto } from '../fixtures/other-lucanto/server.ts';
import { portabilityProblems } from '../helpers/portability.ts';
import { useScenes } from './opened.ts';

const { later, scene, demo } = useScenes();

async function listed(env: Readonly<Record<string, string>> = {}) {
  const service = await demo();
  const { bridge } = await scene(service.url, service.tokens.manage, env);
  return { bridge, descriptors: bridge.catalogue.listing().descriptors };
}

describe('our own tools', () => {
  it('are portable, only read unless they create, and say what they do in few words', async () => {
    const { bridge } = await listed();
    const own = bridge.visible().filter(({ route }) => route === 'local');
    expect(own.map(({ descriptor }) => descriptor.name).sort()).toEqual([
      'lucanto_check_document',
      'lucanto_download_pdf',
      'lucanto_get_statement',
      'lucanto_list_changes',
      'lucanto_list_receivables',
      'lucanto_repeat_document',
      'lucanto_summarize_documents',
    ]);
    // Hosts that load tools by a search find them by these words only.
    const summary = own.find(({ descriptor }) => descriptor.name === 'lucanto_summarize_documents');
    expect(summary?.descriptor.description).toMatch(/totals.*by month.*receivables/);
    for (const { descriptor, validation } of own) {
      expect(portabilityProblems(descriptor.inputSchema), descriptor.name).toEqual([]);
      expect(Object.keys({ ...Object(validation.properties) })).toEqual(
        // Taken out before the others are checked.
        Object.keys({ ...Object(descriptor.inputSchema.properties) }).filter((name) => name !== 'save_as'),
      );
      expect(descriptor.description).toMatch(/^[A-Z].{20,200}\.$/);
      expect(descriptor.annotations).toMatchObject({
        readOnlyHint: descriptor.name !== 'lucanto_repeat_document',
        destructiveHint: false,
        openWorldHint: false,
      });
    }
  });

  it('name no single kind of record where they take several', async () => {
    const other = later(await startOtherLucanto({ shape: { itemParameter: 'named' }, remote: { catalogue: 'wide' } }));
    const { bridge } = await scene(other.url, other.tokens.read);
    const idOf = (name: string) => Object(bridge.find(name).descriptor.inputSchema.properties).id;
    expect(idOf('lucanto_get_invoice').description).toContain('Invoice');
    expect(idOf('lucanto_check_document')).toEqual({ ...idOf('lucanto_get_invoice'), description: undefined });
  });

  it.each([
    ['the full catalogue', {}, 6000, 24_000],
    ['read-only mode', { LUCANTO_READ_ONLY: '1' }, 2500, 12_000],
  ])('leave %s within its budget of context', async (_what, env, tokens, bytes) => {
    const { descriptors } = await listed(env);
    const context = JSON.stringify(
      descriptors.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
    );
    expect(countTokens(context)).toBeLessThanOrEqual(tokens);
    expect(Buffer.byteLength(context)).toBeLessThanOrEqual(bytes);
  });

  it('are not alone in saving rows: the schema of every list of the service names save_as', async () => {
    const { bridge, descriptors } = await listed();
    const lists = bridge.visible().filter(({ route, saveRows }) => route === 'rest' && saveRows !== undefined);
    expect(lists.length).toBeGreaterThan(5);
    for (const { descriptor } of lists) {
      const shown = descriptors.find(({ name }) => name === descriptor.name);
      expect(JSON.stringify(shown?.inputSchema), descriptor.name).toMatch(/"save_as":\{|save_as \(xlsx\|csv\)/);
    }
  });

  it('have no workspace_id where a workspace is pinned, and reach no other', async () => {
    const { bridge } = await listed({ LUCANTO_WORKSPACE: '42' });
    const context = { signal: new AbortController().signal, deadline: Date.now() + 20_000 };
    for (const { descriptor } of bridge.visible().filter(({ route }) => route === 'local')) {
      expect(descriptor.inputSchema.properties).not.toHaveProperty('workspace_id');
    }
    const { error } = await bridge.call('lucanto_summarize_documents', { type: 'invoice', workspace_id: 43 }, context);
    expect(error?.message).toContain('pinned to workspace 42');
    expect((await bridge.call('lucanto_summarize_documents', { type: 'invoice' }, context)).error).toBeNull();
  });

  it('are those of the toolsets, and hidden with a reason otherwise', async () => {
    const { bridge } = await listed({ LUCANTO_TOOLSETS: 'invoices,contacts' });
    const own = bridge.visible().filter(({ route }) => route === 'local');
    expect(own.map(({ descriptor }) => descriptor.name).sort()).toEqual([
      'lucanto_check_document',
      'lucanto_download_pdf',
      'lucanto_get_statement',
      'lucanto_list_changes',
      'lucanto_list_receivables',
      'lucanto_repeat_document',
      'lucanto_summarize_documents',
    ]);
    expect(own.map(({ descriptor }) => Object(descriptor.inputSchema.properties).type?.enum).filter(Boolean)).toEqual([
      ['invoice'],
      ['invoice'],
      ['invoice'],
      ['invoice'],
    ]);
  });

  it('are absent where calls go to the remote endpoint, but for what only this computer knows', async () => {
    const { bridge } = await listed({ LUCANTO_BACKEND: 'remote' });
    const own = bridge.visible().filter(({ route }) => route === 'local');
    expect(own.map(({ descriptor }) => descriptor.name)).toEqual(['lucanto_list_changes']);
  });

  it.each(['accounts', 'workspaces'] as const)('follow the contract of another Lucanto (%s)', async (generation) => {
    const other = later(await startOtherLucanto({ shape: { generation }, remote: { catalogue: 'wide' } }));
    const { bridge } = await scene(other.url, other.tokens.read);
    const own = bridge.visible().filter(({ route }) => route === 'local');
    expect(own.map(({ descriptor }) => descriptor.name).sort()).toEqual([
      'lucanto_check_document',
      'lucanto_download_pdf',
      'lucanto_get_statement',
      'lucanto_list_changes',
      'lucanto_list_receivables',
      'lucanto_summarize_documents',
    ]);
    for (const { descriptor } of own) expect(portabilityProblems(descriptor.inputSchema)).toEqual([]);
  });
});
