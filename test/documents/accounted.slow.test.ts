/** Every operation of a document is a tool, or a line of `tools --all` with the reason. */
import { afterAll, describe, expect, it } from 'vitest';
import { compileContract } from '../../src/contract/compile.ts';
import { readPublished } from '../../src/contract/document.ts';
import { openedBridge } from '../helpers/open-bridge.ts';
import { DOCUMENTS } from './all.ts';
import { serveDocument } from './service.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const TOKEN = 'lct_pat_abcdefghij';
const closing: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const close of closing) await close();
});

/** As the document spells them; a path of which nothing can be read counts as one. */
function operationsOf(document: object): readonly string[] {
  return Object.entries<object>(Object(Object(document).paths)).flatMap(([path, item]) => {
    if ('$ref' in item) return path;
    return METHODS.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${path}`);
  });
}

function tally(reasons: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

describe.each(DOCUMENTS.map((one) => [one.name, one] as const))('The document "%s"', (_name, { document }) => {
  const opened = (async () => {
    const service = await serveDocument(JSON.stringify(document));
    closing.push(() => service.close());
    const { bridge, close } = await openedBridge(service.url, TOKEN, { LUCANTO_SCOPES: 'manage:*' });
    closing.push(close);
    return { catalogue: bridge.catalogue, origin: service.url };
  })();

  it('adds up: tools and operations with a reason are all that it has', async () => {
    const { catalogue } = await opened;
    const tools = catalogue.all().filter(({ route }) => route === 'rest');
    const leftOut = catalogue.leftOut();
    const all = operationsOf(document);
    expect(tools.length + leftOut.length).toBe(all.length);
    expect(all).toEqual(expect.arrayContaining(leftOut.map(({ operation }) => operation)));
    expect(catalogue.contractState()).toMatchObject({ source: 'live', operations: tools.length });
    const shown = new Set([...catalogue.selection().visible, ...catalogue.hidden().map(({ tool }) => tool)]);
    expect(shown.size).toBe(catalogue.all().length);
  });

  it('has tools with names of their own', async () => {
    const { catalogue } = await opened;
    const names = catalogue.all().map(({ descriptor }) => descriptor.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^lucanto_[a-z0-9_]{1,32}$/);
  });

  it('gives a reason for each operation that is no tool', async () => {
    const { catalogue, origin } = await opened;
    const hidden = catalogue
      .hidden()
      .filter(({ tool, reason }) => tool.route === 'rest' && !reason.startsWith('the list would be'));
    const reasons = [...catalogue.leftOut(), ...hidden].map(({ reason }) => reason.replace(origin, 'its origin'));
    expect(tally(reasons)).toMatchSnapshot();
  });
});

describe('A list that has no room for all', () => {
  async function listedOf(document: string): Promise<{ readonly names: readonly string[]; readonly left: number }> {
    const { document: own } = DOCUMENTS.find(({ name }) => name === document) ?? {};
    const service = await serveDocument(JSON.stringify(own));
    closing.push(() => service.close());
    const { bridge, close } = await openedBridge(service.url, TOKEN, { LUCANTO_SCOPES: 'manage:*' });
    closing.push(close);
    const names = bridge.listed().map(({ name }) => name);
    return { names, left: bridge.catalogue.all().length - names.length };
  }
  const toolsOf = (noun: string) => [
    ...[`list_${noun}s`, `get_${noun}`, `create_${noun}`, `update_${noun}`, `delete_${noun}`].map(
      (one) => `lucanto_${one}`,
    ),
  ];

  it('keeps invoices and payments before small resources that nobody knows', async () => {
    const { names, left } = await listedOf('large');
    expect(names).toEqual(expect.arrayContaining(['lucanto_list_invoices', 'lucanto_list_payments']));
    expect(left).toBeGreaterThan(1000);
  });

  it.each([
    ['practice', ['zone', 'visit', 'admission']],
    ['fleet', ['vehicle', 'driver', 'trip', 'beacon']],
  ])('of the document "%s" has what is worked with and referred to, and leaves tables out', async (document, nouns) => {
    const { names, left } = await listedOf(document);
    expect(names).toEqual(expect.arrayContaining(nouns.flatMap(toolsOf)));
    expect(left).toBeGreaterThan(20);
  });

  it('is in the order of the tags, or of what refers to each, where it is as short as can be', async () => {
    const order = async (document: string) => {
      const { document: own } = DOCUMENTS.find(({ name }) => name === document) ?? {};
      const { operations } = compileContract(await readPublished(JSON.stringify(own)));
      const created = operations.filter(({ action }) => action === 'create');
      return created.sort((a, b) => (a.standing ?? 0) - (b.standing ?? 0)).map(({ resource }) => resource);
    };
    expect(await order('practice')).toEqual(['zones', 'visits', 'admissions']);
    expect(await order('fleet')).toEqual(['vehicles', 'drivers', 'beacons', 'trips']);
  });
});
