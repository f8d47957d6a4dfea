/** What a conversation with a model is, whatever the API it is spoken in. */
import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';

export interface OfferedTool {
  /** As the model is told it, with whatever the host puts before our name. */
  readonly name: string;
  /** Where the API groups tools and a call names the group as well. */
  readonly namespace: string | null;
  readonly description: string;
  /** Null where only the name was told. */
  readonly schema: unknown;
}

export interface Outcome {
  readonly callId: string;
  /** All texts of the result, joined. */
  readonly text: string;
  /** What the API's own mark says; null where it has none. */
  readonly isError: boolean | null;
}

/** What one request tells the model. */
export interface Turn {
  readonly offered: readonly OfferedTool[];
  readonly outcomes: readonly Outcome[];
  readonly streaming: boolean;
}

export type Reply =
  | { readonly say: string }
  | { readonly callId: string; readonly tool: OfferedTool; readonly args: JsonObject };

export interface Dialect {
  readonly takes: (method: string, path: string) => boolean;
  readonly read: (body: JsonObject, path: string) => Turn;
  /** The response's body: server-sent events where the turn is streaming, else one JSON document. */
  readonly write: (reply: Reply, streaming: boolean) => string;
}

export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
