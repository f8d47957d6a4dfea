import { Ajv2020 } from 'ajv/dist/2020.js';
import type { StoredFields } from '../data/fields.ts';

/** The schema compiler, in a module of its own: a bundled CommonJS package has its named exports only when imported statically. */
export type CompiledSchema = (
  value: unknown,
) => readonly { readonly instancePath: string; readonly message?: string | undefined }[];

/** @returns what compiles the schema at a pointer; its result names the problems of a value, none where it fits. */
export function compiler(
  document: StoredFields,
  formats: Readonly<Record<string, (text: string) => boolean>>,
): (pointer: string) => CompiledSchema {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, logger: false, formats });
  ajv.addSchema(document, 'lucanto');
  return (pointer) => {
    const validate = ajv.compile({ $ref: `lucanto#${pointer}` });
    return (value) => (validate(value) ? [] : (validate.errors ?? []));
  };
}
