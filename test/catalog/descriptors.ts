/** Tools of the bundled contract as the bridge lists them, for tests of what the list says and costs. */
import { restTool } from '../../src/backends/rest/tool.ts';
import { selectTools } from '../../src/catalog/catalogue.ts';
import { Grants } from '../../src/catalog/grants.ts';
import { type Listing, listTools } from '../../src/catalog/size-policy.ts';
import type { Tool } from '../../src/catalog/tool.ts';
import { bundledDocument } from '../../src/contract/bundled/document.ts';
import { type Generation, withGeneration } from '../../src/contract/bundled/generation.ts';
import { compileContract } from '../../src/contract/compile.ts';
import type { OpenApiDocument } from '../../src/contract/document.ts';

const unused = () => Promise.reject(new Error('nothing is called here'));

export function toolsOf(document: OpenApiDocument): readonly Tool[] {
  const { operations } = compileContract(document);
  const deps = {
    http: { origin: 'http://127.0.0.1:9', send: unused },
    resolveWorkspace: unused,
    newKey: () => 'k',
    writes: { run: unused },
    listTool: () => null,
  };
  return operations.map((operation) => restTool(operation, deps));
}

export function bundledTools(generation: Generation = 'accounts') {
  return toolsOf(withGeneration(bundledDocument, generation));
}

export interface Restricted {
  readonly readOnly?: boolean;
  readonly toolsets?: readonly string[] | null;
}

export function bundledListing(
  { readOnly = false, toolsets = null }: Restricted,
  generation: Generation = 'accounts',
): Listing {
  const tools = bundledTools(generation);
  const grants = new Grants({ catalogue: null, readable: [], claimed: ['manage:*'] });
  return listTools(selectTools(tools, grants, { backend: 'rest', readOnly, toolsets }).visible);
}
