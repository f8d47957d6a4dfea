/** A remote tool as it is made of what it says of itself. To call it is an error. */
import { remoteTool } from '../../src/backends/remote/remote-tool.ts';
import type { JsonObject } from '../../src/core/json.ts';

const unused = () => Promise.reject(new Error('nothing is called here'));

export function toldTool(raw: JsonObject) {
  const deps = { remote: { callTool: unused }, writes: { run: unused }, listTool: () => null };
  return remoteTool(raw, undefined, ['parcels'], deps);
}

/** What becomes of one that says that it only reads. */
export function toldReader(name: string, description: string, hints: object = {}) {
  const annotations = { readOnlyHint: true, destructiveHint: false, ...hints };
  const tool = toldTool({ name, description, annotations });
  return { ...tool?.descriptor.annotations, tier: tool?.tier, irreversible: tool?.irreversible };
}
