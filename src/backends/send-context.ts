import { plural, toolName } from '../contract/naming.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { CallContext, Tool } from '../core/tool.ts';
import type { SendContext } from '../http/request.ts';
import type { RetryClass } from '../http/retry.ts';

/** The part of a tool call's context that the HTTP client needs. */
/** @param checkWith the read tool that shows whether a write was carried out. */
export function sendContext(context: CallContext, retry: RetryClass, checkWith: string | null): SendContext {
  return {
    signal: context.signal,
    deadline: context.deadline,
    ...(context.background === undefined ? {} : { background: context.background }),
    ...(context.drained === undefined ? {} : { drained: context.drained }),
    ...(context.client === undefined ? {} : { client: context.client }),
    ...(context.traceparent === undefined ? {} : { traceparent: context.traceparent }),
    retry,
    ...(checkWith === null ? {} : { checkWith }),
    // A read that a write needs first, such as a handshake, is nothing to follow.
    ...(context.write === undefined || retry === 'read' ? {} : { write: context.write }),
  };
}

/** The tool that shows the records of a write, for hints: only one that the client sees is ever named. */
/** @returns null where there is none. @param tool the one that the hint is about */
export type ListToolFinder = (resource: string, tool: string) => string | null;

export function listToolAmong(visible: () => readonly Tool[]): ListToolFinder {
  return (resource, tool) => {
    // A sub-collection has a list of its own: lucanto_create_project_task is seen in lucanto_list_project_tasks.
    const [, , ...noun] = tool.split('_');
    const names = [...(noun.length === 0 ? [] : [plural(noun.join('_'))]), resource].map((words) =>
      toolName(`list_${words}`),
    );
    const shown = new Set(visible().map(({ descriptor }) => descriptor.name));
    return names.find((name) => shown.has(name)) ?? null;
  };
}

/** What a record is called: its id and number, out of an answer, for the ledger. */
/** @param value a parsed answer; records are not wrapped, but a service may come to. @param args of the call: an action names its record there. */
export function recordNames(value: unknown, args: JsonObject): { id: string | null; number: string | null } {
  const record = [value, ...onlyMember(value)].find((candidate) => isJsonObject(candidate) && nameOf(candidate.id));
  const found = isJsonObject(record) ? record : {};
  return { id: nameOf(found.id) ?? nameOf(args.id), number: nameOf(found.number) };
}

function onlyMember(value: unknown): unknown[] {
  if (!isJsonObject(value)) return [];
  const members = Object.values(value).filter(isJsonObject);
  return members.length === 1 ? members : [];
}

function nameOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' || value.length > 100 ? null : value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}
