import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { WORDS } from '../../src/contract/words.ts';
import { bundledListing, bundledTools, type Restricted } from '../catalog/descriptors.ts';
import { namesIn, withReferences } from '../helpers/named-arguments.ts';
import { portabilityProblems } from '../helpers/portability.ts';

const GENERATIONS = ['accounts', 'workspaces'] as const;
const RESOURCES = [...new Set(bundledTools().tools.map(({ resource }) => resource))].sort();

/** `sent` is all of `tools/list`; a model's context gets names, descriptions and schemas, annotations stay in the host. */
function cost(restricted: Restricted) {
  const { descriptors, bytes } = bundledListing(restricted);
  const context = JSON.stringify(
    descriptors.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
  );
  return {
    tools: descriptors.length,
    tokens: countTokens(context),
    bytes: Buffer.byteLength(context),
    'tokens sent': countTokens(JSON.stringify({ tools: descriptors })),
    'bytes sent': bytes,
  };
}

describe('what the list of tools costs', () => {
  const rows: readonly (readonly [string, Restricted])[] = [
    ['full', {}],
    ['read-only', { readOnly: true }],
    ...RESOURCES.map((resource) => [`--toolsets ${resource}`, { toolsets: [resource] }] as const),
  ];

  it('is told in a table, and each toolset costs less than all', () => {
    const table = rows.map(([list, restricted]) => ({ list, ...cost(restricted) }));
    // biome-ignore lint/suspicious/noConsole: the table is what this test is for
    console.table(table);
    const [full, ...parts] = table;
    for (const part of parts) expect(part.tokens).toBeLessThan(full?.tokens ?? 0);
  });

  it('is at most 6,000 tokens and 24 kB for the full catalogue', () => {
    const { tokens, bytes } = cost({});
    expect(tokens).toBeLessThanOrEqual(6_000);
    expect(bytes).toBeLessThanOrEqual(24_000);
  });

  it('is at most 2,500 tokens in read-only mode, annotations included', () => {
    expect(cost({ readOnly: true })['tokens sent']).toBeLessThanOrEqual(2_500);
  });

  it('does not grow unnoticed, annotations included', () => {
    const full = cost({});
    expect(full['tokens sent']).toBeLessThanOrEqual(6_500);
    expect(full['bytes sent']).toBeLessThanOrEqual(27_600);
  });

  it('is at most 400 characters for each description', () => {
    for (const { name, description } of bundledListing({}).descriptors) {
      expect(description.length, name).toBeLessThanOrEqual(400);
      expect(description, name).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe.each(GENERATIONS)('the tools of the bundled contract, %s generation,', (generation) => {
  const { descriptors } = bundledListing({}, generation);

  it('are as last agreed', async () => {
    const text = descriptors.map((descriptor) => JSON.stringify(descriptor, null, 2)).join('\n\n');
    // One file for both: neither generation shows in what clients see.
    await expect(`${text}\n`).toMatchFileSnapshot('descriptors.snap.txt');
  });

  it.each(descriptors.map((descriptor) => [descriptor.name, descriptor] as const))(
    '%s is portable, has all hints and curated words',
    (name, { inputSchema, annotations }) => {
      expect(name).toMatch(/^[a-z0-9_]{1,40}$/);
      expect(portabilityProblems(inputSchema)).toEqual([]);
      expect(annotations).toEqual({
        title: expect.stringMatching(/^[A-Z]/),
        readOnlyHint: expect.any(Boolean),
        destructiveHint: expect.any(Boolean),
        idempotentHint: expect.any(Boolean),
        openWorldHint: expect.any(Boolean),
      });
      expect(WORDS.has(name)).toBe(true);
    },
  );

  it('name every argument, or the tool that does', () => {
    const { tools } = bundledTools(generation);
    const byName = new Map(descriptors.map((descriptor) => [descriptor.name, JSON.stringify(descriptor.inputSchema)]));
    for (const { descriptor } of tools) {
      const text = withReferences(byName.get(descriptor.name) ?? '', byName);
      for (const name of namesIn(descriptor.inputSchema)) {
        expect(new RegExp(`\\b${name}\\b`).test(text), `${descriptor.name}: ${name}`).toBe(true);
      }
    }
  });

  it('load one tool at once, where every conversation begins', () => {
    const loaded = descriptors.filter(({ _meta }) => _meta?.['anthropic/alwaysLoad'] === true);
    expect(loaded.map(({ name }) => name)).toEqual(['lucanto_list_workspaces']);
  });
});
