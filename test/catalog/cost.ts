/** What a list costs, counted with a tokenizer. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import type { Listing } from '../../src/catalog/listing/list-size.ts';

/** `sent` is all of `tools/list`; a model's context gets names, descriptions and schemas, annotations stay in the host. */
export function costOf({ descriptors, bytes }: Listing) {
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
