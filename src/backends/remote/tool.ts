/** A tool of the remote endpoint: its own name, words, schema and results. */
import type { Tool } from '../../catalog/tool.ts';
import { hostName } from '../../contract/naming.ts';
import type { Operation } from '../../contract/operation.ts';
import { portableToolSchema } from '../../contract/portable.ts';
import { looseValidation, type ShownNames, shownNames, withOwnNames } from './argument-names.ts';
import { type RemoteToolDeps, remoteCall } from './call.ts';
import { isObject } from './reply.ts';
import { hintsOf, isCreate, knownResource, lastingOf, resourceOf, tierOf } from './tool-facts.ts';

/**
 * @param raw one entry of `tools/list`. @param known the contract's operation of that name: it knows tier and scopes.
 * @param resources of the contract. @returns null for an entry that is no tool.
 */
export function remoteTool(
  raw: unknown,
  known: Operation | undefined,
  resources: readonly string[],
  deps: RemoteToolDeps,
): Tool | null {
  if (!isObject(raw) || typeof raw.name !== 'string' || raw.name === '') return null;
  const wireName = raw.name;
  const name = hostName(wireName);
  const annotations = hintsOf(raw, name);
  const tier = known?.tier ?? tierOf(name, annotations);
  const resource = known?.resource ?? knownResource(name, resources) ?? resourceOf(name);
  const create = known === undefined ? isCreate(name) : known.action === 'create';
  // What is only thought to be about a resource is no witness of what the token may do with it.
  const scopes = known?.scopes ?? [`${tier}:${resourceOf(name)}`];
  const lasting = lastingOf(raw, name, annotations, known);
  let shown: ShownNames | undefined;
  // Made when first read: most remote tools give way to the REST tool of their name.
  const names = () => {
    shown ??= shownNames(portableToolSchema(raw.inputSchema));
    return shown;
  };
  const call = remoteCall(
    { name: wireName, readOnly: annotations.readOnlyHint, create, resource, scopes, inputSchema: raw.inputSchema },
    deps,
  );
  return {
    descriptor: {
      name,
      title: annotations.title,
      description: typeof raw.description === 'string' ? raw.description : annotations.title,
      get inputSchema() {
        return names().schema;
      },
      annotations,
    },
    get validation() {
      if (names().own.size > 0) return looseValidation(names());
      return isObject(raw.inputSchema) ? raw.inputSchema : { type: 'object' };
    },
    route: 'remote',
    tier,
    resource,
    scopes,
    ...(lasting !== undefined && { lasting }),
    call: (args, context) => call(names().own.size === 0 ? args : withOwnNames(args, names()), context),
  };
}
