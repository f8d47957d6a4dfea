/** The documented table of what the list of tools costs is measured, not remembered. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { costOf } from '../catalog/cost.ts';
import { fullListing } from '../catalog/full-listing.ts';

const document = await readFile(new URL('../../docs/tools.md', import.meta.url), 'utf8');
const rows = [...document.matchAll(/^\| (all|`--[^|]+`) \| (\d+) \| ([\d,]+) \|$/gm)].map(
  ([, list = '', tools = '', tokens = '']) => ({ list, tools: Number(tools), tokens: Number(tokens.replace(',', '')) }),
);

/** `--toolsets invoices --read-only` as the variables that mean the same. */
function variables(list: string): Record<string, string> {
  const toolsets = /--toolsets ([\w,]+)/.exec(list)?.[1];
  return {
    ...(toolsets !== undefined && { LUCANTO_TOOLSETS: toolsets }),
    ...(list.includes('--read-only') && { LUCANTO_READ_ONLY: '1' }),
  };
}

describe('The documented table of costs', () => {
  it('has its four rows', () => {
    expect(rows).toHaveLength(4);
  });

  it.each(rows)('is right to the next hundred tokens: $list', async ({ list, tools, tokens }) => {
    const cost = costOf((await fullListing(variables(list))).listing);
    expect({ tools, tokens }).toEqual({ tools: cost.tools, tokens: Math.round(cost.tokens / 100) * 100 });
  });
});
