/**
 * The two schemas of a tool, made when first asked for: a start compiles every operation, a session calls a few.
 */
import type { Argument } from './arguments.ts';
import type { OpenApiDocument } from './document.ts';
import type { Operation } from './operation.ts';
import { PortableEmitter } from './portable.ts';
import type { JsonSchema } from './schema-types.ts';
import { alternatives } from './shape.ts';
import { ValidationEmitter } from './validation.ts';

export type OperationFacts = Omit<Operation, 'inputSchema' | 'validation'>;

export function withSchemas(document: OpenApiDocument, facts: OperationFacts, args: readonly Argument[]): Operation {
  let input: JsonSchema | undefined;
  let validation: JsonSchema | undefined;
  return {
    ...facts,
    get inputSchema() {
      input ??= inputSchemaOf(document, facts, args);
      return input;
    },
    get validation() {
      validation ??= validationOf(document, args);
      return validation;
    },
  };
}

function inputSchemaOf(document: OpenApiDocument, facts: OperationFacts, args: readonly Argument[]): JsonSchema {
  const emitter = new PortableEmitter(document, facts.method !== 'PATCH' && facts.method !== 'PUT');
  return objectOf(document, args, (argument) => emitter.emit(argument.node));
}

function validationOf(document: OpenApiDocument, args: readonly Argument[]): JsonSchema {
  const emitter = new ValidationEmitter(document);
  return objectOf(document, args, (argument) => emitter.emit(argument.node));
}

function objectOf(
  document: OpenApiDocument,
  args: readonly Argument[],
  schemaOf: (argument: Argument) => JsonSchema,
): JsonSchema {
  const properties = Object.fromEntries(args.map((argument) => [argument.name, schemaOf(argument)]));
  // What may be null cannot be said to hosts, so it may be left out as well.
  const required = args
    .filter((argument) => argument.required && !alternatives(document, argument.node).nullable)
    .map(({ name }) => name);
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false };
}
