/**
 * The two schemas of a tool, made when first asked for: a start compiles every operation, a session calls a few.
 */
import type { Argument } from './arguments.ts';
import { idsAsText } from './exact-ids.ts';
import type { AnswerField, Operation } from './operation.ts';
import { PortableEmitter } from './portable.ts';
import type { JsonSchema } from './schema-types.ts';
import type { SchemaReader } from './shape.ts';
import { ValidationEmitter } from './validation.ts';

export type OperationFacts = Omit<Operation, 'inputSchema' | 'validation' | 'answerFields'>;

export function withSchemas(
  reader: SchemaReader,
  facts: OperationFacts,
  args: readonly Argument[],
  readAnswer: () => readonly AnswerField[],
): Operation {
  let answer: readonly AnswerField[] | undefined;
  let input: JsonSchema | undefined;
  let validation: JsonSchema | undefined;
  return {
    ...facts,
    get answerFields() {
      answer ??= readAnswer();
      return answer;
    },
    get inputSchema() {
      input ??= inputSchemaOf(reader, facts, args);
      return input;
    },
    get validation() {
      validation ??= validationOf(reader, args);
      return validation;
    },
  };
}

function inputSchemaOf(reader: SchemaReader, facts: OperationFacts, args: readonly Argument[]): JsonSchema {
  const emitter = new PortableEmitter(reader, facts.method !== 'PATCH' && facts.method !== 'PUT');
  return objectOf(reader, args, (argument) => idsAsText(argument.name, emitter.emit(argument.node, 0, argument.name)));
}

function validationOf(reader: SchemaReader, args: readonly Argument[]): JsonSchema {
  const emitter = new ValidationEmitter(reader);
  return objectOf(reader, args, (argument) => emitter.emit(argument.node));
}

function objectOf(
  reader: SchemaReader,
  args: readonly Argument[],
  schemaOf: (argument: Argument) => JsonSchema,
): JsonSchema {
  const properties = Object.fromEntries(args.map((argument) => [argument.name, schemaOf(argument)]));
  // What may be null cannot be said to hosts, so it may be left out as well.
  const required = args
    .filter((argument) => argument.required && !reader.alternatives(argument.node).nullable)
    .map(({ name }) => name);
  return { type: 'object', properties, ...(required.length > 0 ? { required } : {}), additionalProperties: false };
}
