import { describe, expect, it } from 'vitest';
import { remoteTool } from '../../src/backends/remote/remote-tool.ts';
import { totalCost } from '../../src/catalog/catalogue-notes.ts';
import { LIST_LIMIT, type Listing, listTools } from '../../src/catalog/listing/list-size.ts';
import { applyStep, STEPS, type Step, WHOLE } from '../../src/catalog/listing/shorten.ts';
import { withGeneration } from '../../src/contract/bundled-contract.ts';
import { WORDS } from '../../src/contract/curated-words.ts';
import type { Tool } from '../../src/core/tool.ts';
import { documentOf } from '../helpers/documents.ts';
import { namesIn, withReferences } from '../helpers/named-arguments.ts';
import { COMPONENTS, NASTY } from '../helpers/nasty-document.ts';
import { portabilityProblems } from '../helpers/portability.ts';
import { randomSchemas } from '../helpers/random-schemas.ts';
import { writesWith } from '../helpers/writes.ts';
import { costOf } from './cost.ts';
import { bundledTools, toolsOf } from './descriptors.ts';
import { grownDocument, KINDS, type Kind, liveDocument } from './live-documents.ts';

const SIZES = [60, 120, 200, 400];
const DOCUMENTED = [...WORDS].filter(([, { documented }]) => documented === true).map(([name]) => name);
/** Arguments told in words take as many as there are names. */
const NO_LIMIT = Number.POSITIVE_INFINITY;

function remoteTools(count: number, properties: object): readonly Tool[] {
  const callTool = () => Promise.resolve({ content: [] });
  return Array.from({ length: count }, (_, at) => {
    const raw = {
      name: `lucanto_do_thing_${at}`,
      title: 'A title that goes on and on '.repeat(10),
      description: 'Says much. '.repeat(200),
      inputSchema: { type: 'object', properties },
    };
    return (
      remoteTool(raw, undefined, [], { remote: { callTool }, writes: writesWith('none'), listTool: () => null }) ?? []
    );
  }).flat();
}

function expectEveryNameIn(tools: readonly Tool[], listing: Listing): void {
  const out = new Set(listing.leftOut);
  const byName = new Map(listing.descriptors.map((one) => [one.name, JSON.stringify(one.inputSchema)]));
  for (const tool of tools.filter((one) => !out.has(one))) {
    const { name, inputSchema } = tool.descriptor;
    const said = new Set(withReferences(byName.get(name) ?? '', byName).match(/\w+/g));
    expect(
      namesIn(inputSchema).filter((argument) => !said.has(argument)),
      name,
    ).toEqual([]);
  }
}

describe.each(KINDS.flatMap((one) => SIZES.map((size) => [size, one.name, one] as const)))(
  'a live document of %i operations, %s,',
  (size, _name, one) => {
    const tools = toolsOf(liveDocument(size, one));
    let made: Listing | undefined;
    const listed = () => {
      made ??= listTools(tools);
      return made;
    };

    it('is listed within the limit, all of it or whole resources', () => {
      const listing = listed();
      expect(tools).toHaveLength(size);
      expect(Buffer.byteLength(JSON.stringify({ tools: listing.descriptors }))).toBe(listing.bytes);
      expect(listing.bytes).toBeLessThanOrEqual(LIST_LIMIT);
      expect(listing.descriptors.length + listing.leftOut.length).toBe(size);
      const left = new Set(listing.leftOut.map(({ resource }) => resource));
      for (const { resource } of tools.filter((tool) => !listing.leftOut.includes(tool))) {
        expect(left.has(resource)).toBe(false);
      }
    });

    it('names every argument of the tools that are left, and each is portable with title and hints', () => {
      const listing = listed();
      expectEveryNameIn(tools, listing);
      for (const { name, description, inputSchema, annotations } of listing.descriptors) {
        expect([name, ...portabilityProblems(inputSchema, NO_LIMIT)]).toEqual([name]);
        expect(description.length).toBeGreaterThan(5);
        expect(Object.values(annotations)).toHaveLength(5);
      }
    });
  },
);

it.each(KINDS.map((one) => [one.name, one] as const))(
  'the cost of a list that is unlike ours (%s) is estimated within 15 per cent',
  (_name, one) => {
    const listing = listTools(toolsOf(liveDocument(60, one)));
    const { tokens } = costOf(listing);
    expect(Math.abs(totalCost(listing.descriptors) - tokens) / tokens).toBeLessThan(0.15);
  },
);

describe('a service that grew beyond the limit', () => {
  const tools = toolsOf(grownDocument(400, kind('wordy')));
  const listing = listTools(tools);
  const listed = new Set(listing.descriptors.map(({ name }) => name));

  it('keeps the documented tools, then those that there are words for', () => {
    expect(DOCUMENTED).toHaveLength(12);
    for (const { descriptor } of bundledTools()) expect(listed.has(descriptor.name)).toBe(true);
    for (const name of DOCUMENTED) expect(listed.has(name)).toBe(true);
    expect(listing.descriptors.length).toBeGreaterThan(80);
    expect(listing.leftOut.length).toBeGreaterThan(300);
  });

  it('is listed in the same way each time', () => {
    expect(JSON.stringify(listTools(tools).descriptors)).toBe(JSON.stringify(listing.descriptors));
  });

  it('leaves tools of the remote endpoint out like others', () => {
    const remote = remoteTools(300, {
      id: { type: 'integer' },
      choice: { type: 'string', description: 'Long '.repeat(50) },
    });
    const own = bundledTools();
    const mixed = listTools([...own, ...remote]);
    expect(mixed.bytes).toBeLessThanOrEqual(LIST_LIMIT);
    expect(mixed.leftOut.length).toBeGreaterThan(100);
    expect(mixed.leftOut.every(({ route }) => route === 'remote')).toBe(true);
    expect(mixed.descriptors.filter(({ name }) => name.startsWith('lucanto_do_')).length).toBeGreaterThan(10);
  });

  it('does not let one enormous tool push the others out, and splits a resource that is too long by itself', () => {
    const names = Array.from({ length: 1400 }, (_, at) => [`a_name_of_an_argument_that_is_quite_long_${at}`, {}]);
    const enormous = remoteTools(1, Object.fromEntries(names));
    const own = bundledTools();
    const mixed = listTools([...own, ...enormous]);
    expect(mixed.leftOut).toEqual(enormous);

    const one = tools
      .filter(({ descriptor }) => !WORDS.has(descriptor.name))
      .map((tool) => ({ ...tool, resource: 'x' }));
    const split = listTools(one);
    expect(split.bytes).toBeLessThanOrEqual(LIST_LIMIT);
    expect(split.descriptors.length).toBeGreaterThan(50);
  });
});

describe('long lists of values', () => {
  const tools = toolsOf(liveDocument(5, { ...kind('with long lists of values'), values: 31 }));
  const shown = (values: Step['values']): string => {
    const listed = tools.map(({ descriptor }) => ({ descriptor, caution: '', details: new Set<string>() }));
    return JSON.stringify(applyStep({ ...WHOLE, values }, listed)[0]?.descriptor.inputSchema);
  };

  it('are shown whole, then as a few and how many', () => {
    expect(shown('all')).toContain('"enum":["value_0","value_1"');
    expect(shown('few')).toMatch(/: one of value_0, value_1.* … \(31 values\)/);
    expect(shown('few')).not.toContain('"enum"');
  });

  it('stay as they are where they are short', () => {
    const few = toolsOf(liveDocument(5, kind('plain')));
    const listed = few.map(({ descriptor }) => ({ descriptor, caution: '', details: new Set<string>() }));
    expect(JSON.stringify(applyStep({ ...WHOLE, values: 'few' }, listed))).toContain('"enum":["value_0"');
  });
});

describe.each(['accounts', 'workspaces'] as const)('every step of the listing, %s generation,', (generation) => {
  const nasty = withGeneration(documentOf(NASTY, { components: COMPONENTS }), generation);
  const schemas = { ...randomSchemas(7, 40, true), ...COMPONENTS.schemas };
  const properties = {
    ...Object.fromEntries(Object.keys(schemas).map((name) => [name, { $ref: `#/components/schemas/${name}` }])),
    tuple: { type: 'array', items: [{ type: 'string' }, false] },
    never: false,
    any: true,
    'a name of more than sixty-four characters, with spaces, that no model takes': { type: ['string', 'null'] },
  };
  const raw = {
    name: 'lucanto_do_it_with_a_name_of_seventy_characters_that_hosts_would_not_take_',
    inputSchema: { oneOf: [{ type: 'object', properties }, { type: 'null' }], components: { schemas } },
  };
  const remote = remoteTool(raw, undefined, [], {
    remote: { callTool: () => Promise.resolve({ content: [] }) },
    writes: writesWith('none'),
    listTool: () => null,
  });
  const tools = [...toolsOf(nasty), ...bundledTools(generation), ...(remote === null ? [] : [remote])];

  it.each(STEPS.map((step, at) => [at, step] as const))('leaves portable schemas (step %i)', (_at, step) => {
    const listed = tools.map(({ descriptor }) => ({ descriptor, caution: '', details: new Set<string>() }));
    const shown = applyStep(step, listed);
    expect(shown).toHaveLength(tools.length);
    for (const { descriptor } of shown) {
      expect(descriptor.name).toMatch(/^[a-z0-9_]{1,64}$/);
      expect([descriptor.name, ...portabilityProblems(descriptor.inputSchema, NO_LIMIT)]).toEqual([descriptor.name]);
      expect(descriptor.description).not.toBe('');
    }
  });

  it('sanitises what the remote endpoint lists', () => {
    expect(remote?.descriptor.name.length).toBeLessThanOrEqual(40);
    expect(Object.keys(Object(remote?.descriptor.inputSchema.properties)).length).toBeGreaterThan(40);
  });
});

function kind(name: string): Kind {
  const found = KINDS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no such kind of document: ${name}`);
  return found;
}
