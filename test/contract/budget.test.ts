import { describe, expect, it } from 'vitest';
import { totalCost } from '../../src/catalog/catalogue-notes.ts';
import { WORDS } from '../../src/contract/curated-words.ts';
import { costOf } from '../catalog/cost.ts';
import { fullListing } from '../catalog/full-listing.ts';
import { namesIn, withReferences } from '../helpers/named-arguments.ts';
import { portabilityProblems } from '../helpers/portability.ts';

const GENERATIONS = ['accounts', 'workspaces'] as const;
const FULL = await fullListing();
const READ_ONLY = await fullListing({ LUCANTO_READ_ONLY: '1' });
const TOOLSETS = await Promise.all(
  FULL.resources.map(async (name) => [`--toolsets ${name}`, await fullListing({ LUCANTO_TOOLSETS: name })] as const),
);
const LISTS = [['full', FULL], ['read-only', READ_ONLY], ...TOOLSETS] as const;

describe('what the list of tools costs', () => {
  it('is printed in a table, and each toolset costs less than all', () => {
    const table = LISTS.map(([list, { listing }]) => ({ list, ...costOf(listing) }));
    // biome-ignore lint/suspicious/noConsole: the table is what this test is for
    console.table(table);
    const [full, ...parts] = table;
    for (const part of parts) expect(part.tokens).toBeLessThan(full?.tokens ?? 0);
  });

  it('is at most 6,000 tokens and 24 kB for all 59 tools', () => {
    const { tools, tokens, bytes } = costOf(FULL.listing);
    expect(tools).toBe(59);
    expect(tokens).toBeLessThanOrEqual(6_000);
    expect(bytes).toBeLessThanOrEqual(24_000);
  });

  it('is at most 2,500 tokens in read-only mode', () => {
    expect(costOf(READ_ONLY.listing).tools).toBe(26);
    expect(costOf(READ_ONLY.listing).tokens).toBeLessThanOrEqual(2_500);
  });

  it('does not grow unnoticed, annotations included', () => {
    const full = costOf(FULL.listing);
    expect(full['tokens sent']).toBeLessThanOrEqual(7_600);
    expect(full['bytes sent']).toBeLessThanOrEqual(32_000);
  });

  it('is at most 400 characters for each description', () => {
    for (const { name, description } of FULL.listing.descriptors) {
      expect(description.length, name).toBeLessThanOrEqual(400);
      expect(description, name).toMatch(/^[A-Z].*\.$/);
    }
  });

  it.each(LISTS)('is estimated by `tools` within 5 per cent: %s', (_list, { listing }) => {
    const { tokens } = costOf(listing);
    expect(Math.abs(totalCost(listing.descriptors) - tokens) / tokens).toBeLessThan(0.05);
  });
});

describe('the words of arguments', () => {
  /** Named after what they are everywhere; the instructions speak of workspaces, a tool's name of its record. */
  const BARE = ['id', 'workspace_id', 'max_chars', 'preview'];

  it('are there for every argument but ids, the length of an answer, and those that list their values', () => {
    const bare = FULL.listing.descriptors.flatMap(({ name, inputSchema }) =>
      Object.entries(Object(inputSchema.properties))
        .filter(
          ([argument, schema]) =>
            !BARE.includes(argument) &&
            Object(schema).enum === undefined &&
            !/\w/.test(String(Object(schema).description ?? '')),
        )
        .map(([argument]) => `${name}: ${argument}`),
    );
    expect(bare).toEqual([]);
  });

  it('say every format, length, list of values and bound that the contract states, by the tool or the one it names', () => {
    const byName = new Map(FULL.listing.descriptors.map((one) => [one.name, JSON.stringify(one.inputSchema)]));
    const wanted = FULL.tools.flatMap(({ validation }) => constrained(validation));
    expect(wanted.length).toBeGreaterThan(100);
    for (const kind of [/YYYY/, /\\d\\\.\\d/, /ISO/, /255/, /100/, /e-mail/i]) {
      expect(
        wanted.some(([, said]) => kind.test(said.source)),
        kind.source,
      ).toBe(true);
    }
    const silent = FULL.tools.flatMap((tool) => {
      const text = withReferences(byName.get(tool.descriptor.name) ?? '', byName);
      return constrained(tool.validation)
        .filter(([argument, said]) => !saysOf(text, argument, said))
        .map(([argument, said]) => `${tool.descriptor.name}: ${argument} ${said}`);
    });
    expect(silent).toEqual([]);
  });
});

/** Arguments with what their words must match, for what hosts strip from schemas or models get wrong. */
function constrained(schema: unknown): readonly (readonly [string, RegExp])[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties, items, anyOf } = Object(schema);
  const nested = [items, ...(Array.isArray(anyOf) ? anyOf : [])].flatMap(constrained);
  const own = Object.entries(Object(properties)).flatMap(([name, property]) => [
    ...wantedOf(name, property).map((said) => [name, said] as const),
    ...constrained(property),
  ]);
  return [...own, ...nested];
}

function wantedOf(name: string, property: unknown): readonly RegExp[] {
  const text = JSON.stringify(property);
  const { maxLength, minLength, maximum, minimum } = Object(property);
  return [
    ...(/"format":"date"/.test(text) && !/"properties"/.test(text) ? [/YYYY-MM-DD/] : []),
    ...(/"format":"email"/.test(text) && !/"properties"/.test(text) ? [/e-mail/i] : []),
    ...(/"pattern":"\^-\?/.test(text) && !/"properties"/.test(text) ? [/\d\.\d/] : []),
    ...(name === 'currency' ? [/ISO/] : []),
    ...[maxLength, minLength]
      .filter((bound) => bound !== undefined && bound !== 1)
      .map((bound) => new RegExp(`\\b${bound}\\b`)),
    // Ids begin at 1 everywhere.
    ...(maximum === undefined ? [] : [minimum, maximum].map((bound) => new RegExp(`\\b${bound}\\b`))),
  ];
}

/** In the argument's own description, or in the brackets behind its name; neighbours may share them. */
function saysOf(text: string, argument: string, said: RegExp): boolean {
  const own = new RegExp(`"${argument}":\\{[^{}]*(?:\\{[^{}]*\\}[^{}]*)*?"description":"([^"]*)"`, 'g');
  const inWords = new RegExp(`\\b${argument}(?:/\\w+)*(?: [[{][^()]*)? \\(([^()]*)\\)`, 'g');
  return [...text.matchAll(own), ...text.matchAll(inWords)].some(([, words = '']) => said.test(words));
}

const BY_GENERATION = await Promise.all(GENERATIONS.map(async (name) => [name, await fullListing({}, name)] as const));

describe.each(BY_GENERATION)(
  'the tools of the bundled contract and our own, %s generation,',
  (_generation, { listing, tools }) => {
    const { descriptors } = listing;

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
        const isOwn = tools.some((tool) => tool.route === 'local' && tool.descriptor.name === name);
        expect(isOwn || WORDS.has(name)).toBe(true);
      },
    );

    it('name every argument, or the tool that does', () => {
      const byName = new Map(
        descriptors.map((descriptor) => [descriptor.name, JSON.stringify(descriptor.inputSchema)]),
      );
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
  },
);
