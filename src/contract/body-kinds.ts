import { tagOf } from './flat-object.ts';
import type { BodyBinding } from './operation.ts';
import type { Body } from './request-body.ts';
import type { SchemaReader } from './schema-reader.ts';

/** What holds between the fields of a body: which of several kinds it is, and what a wrapper that may be left out needs. */
export function rulesOf(
  reader: SchemaReader,
  { wrapper, isWrapperOptional, kinds, properties }: Body,
  fields: BodyBinding['fields'],
  required: boolean,
): Pick<BodyBinding, 'wrapperNeeds' | 'kinds'> {
  const place = wrapper === null ? 'root' : 'wrapper';
  const own = fields.filter((field) => field.place === place);
  const argOf = new Map(own.map(({ property, arg }) => [property, arg]));
  const argsOf = (names: Iterable<string>) => [...names].flatMap((name) => argOf.get(name) ?? []);
  const needed = properties.filter((one) => one.place === 'wrapper' && one.required).map(({ property }) => property);
  const tag = tagOf(reader, kinds);
  const tagArg = argOf.get(tag?.property ?? '');
  return {
    ...(isWrapperOptional && { wrapperNeeds: required ? [] : argsOf(needed) }),
    ...(kinds.length > 1 && {
      kinds: kinds.map((kind, at) => ({
        tag: tag === null || tagArg === undefined ? null : { arg: tagArg, values: tag.values[at] ?? [] },
        required: argsOf(kind.required),
        // What belongs to another kind is a mistake where it is said which kind is meant.
        allowed: tagArg !== undefined || kind.additional === false ? argsOf(kind.properties.keys()) : null,
      })),
    }),
  };
}
