/** Schemas of the bundled contract as a tool list carries them: no `$ref`, no `allOf`, nothing that only the server sets. */
import type { Contract } from '../http/contract.ts';
import { type Fields, fieldsOf, isFields } from '../store/fields.ts';

/** The contract's schemas do not nest deeper, and none refers to itself. */
const MAX_DEPTH = 8;

/** Properties that a write may set, each inlined, in the document's order. */
export function writableProperties(contract: Contract, schema: unknown, depth = 0): Fields {
  const settable = Object.entries(contract.properties(schema)).filter(
    ([, property]) => fieldsOf(property).readOnly !== true,
  );
  return Object.fromEntries(settable.map(([name, property]) => [name, inlineSchema(contract, property, depth)]));
}

export function inlineSchema(contract: Contract, schema: unknown, depth = 0): Fields {
  const { $ref: _ref, ...beside } = fieldsOf(schema);
  // What stands beside a $ref is meant for this place, so it wins.
  const { 'x-evidence': _evidence, ...merged } = { ...contract.resolve(schema), ...beside };
  if (depth >= MAX_DEPTH) return {};
  if (isFields(merged.properties) || Array.isArray(merged.allOf)) {
    const { allOf: _allOf, ...rest } = merged;
    return { ...rest, properties: writableProperties(contract, merged, depth + 1) };
  }
  return isFields(merged.items) ? { ...merged, items: inlineSchema(contract, merged.items, depth + 1) } : merged;
}
