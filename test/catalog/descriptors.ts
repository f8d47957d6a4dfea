/** Tools of the bundled contract as the bridge lists them, for tests of what the list says and costs. */
import { restTool } from '../../src/backends/rest/rest-tool.ts';
import { bundledDocument, type Generation, withGeneration } from '../../src/contract/bundled-contract.ts';
import { compileContract } from '../../src/contract/compile.ts';
import type { OpenApiDocument } from '../../src/contract/document.ts';
import type { Tool } from '../../src/core/tool.ts';

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
