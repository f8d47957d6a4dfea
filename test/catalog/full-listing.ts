/** The list of tools as a client gets it: the bundled contract's and our own, with every scope. */
import type { Listing } from '../../src/catalog/listing/list-size.ts';
import type { Generation } from '../../src/contract/bundled-contract.ts';
import type { Tool } from '../../src/core/tool.ts';
import { startDemo } from '../../src/demo/demo-server.ts';
import { openedBridge } from '../helpers/open-bridge.ts';

export interface Listed {
  readonly listing: Listing;
  readonly tools: readonly Tool[];
  readonly resources: readonly string[];
}

export async function fullListing(
  env: Readonly<Record<string, string>> = {},
  generation: Generation = 'workspaces',
): Promise<Listed> {
  const service = await startDemo({ port: 0, generation, clock: Date.now });
  const { bridge, close } = await openedBridge(service.url, service.tokens.manage, env);
  try {
    const { catalogue } = bridge;
    return { listing: catalogue.listing(), tools: bridge.visible(), resources: catalogue.resources() };
  } finally {
    await close();
    await service.close();
  }
}
