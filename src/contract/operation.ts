import type { JsonSchema } from '../core/json.ts';
import type { AnswerField, Irreversible, Tier } from '../core/tool.ts';
import type { Success } from './response.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Where an argument of the flat tool input goes in the request. */
export interface ParameterBinding {
  /** Name in the tool's input. */
  readonly arg: string;
  /** Name on the wire (`account_id`, `filter[status]`). */
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  /** What the document says of it; absent where it says nothing. */
  readonly words?: string;
  /** OpenAPI serialisation of arrays and objects. */
  readonly style: 'simple' | 'label' | 'matrix' | 'form' | 'spaceDelimited' | 'pipeDelimited' | 'deepObject';
  readonly explode: boolean;
  /** Set where the value is written as JSON. */
  readonly json?: true;
}

export interface FileKind {
  /** Media types that the document accepts, such as `application/pdf` or `image/*`; empty where it does not say. */
  readonly types: readonly string[];
}

/** One of several kinds of body, in arguments. */
export interface BodyKind {
  /** The argument that tells this kind from the others, with its values here; null where none does. */
  readonly tag: { readonly arg: string; readonly values: readonly unknown[] } | null;
  readonly required: readonly string[];
  /** Null where it is open to any. */
  readonly allowed: readonly string[] | null;
}

export interface BodyBinding {
  /** `application/json` unless the document offers nothing of the kind. */
  readonly contentType: string;
  /** The one key that the document wraps the record in (`invoice`, `document`), or null. */
  readonly wrapper: string | null;
  readonly fields: readonly {
    readonly arg: string;
    readonly property: string;
    /** Inside the wrapper key, or at the root of the body. */
    readonly place: 'wrapper' | 'root';
    /** Set where the argument is the path of a file (or a list of paths) whose bytes are sent. */
    readonly file?: FileKind;
    /** In a form: how lists and objects are written, where the document says so. */
    readonly encoding?: Pick<ParameterBinding, 'style' | 'explode' | 'json'>;
  }[];
  /** The argument that holds further fields, where the body is open to them. */
  readonly rest?: string;
  /** Of a wrapper that may be left out: what it must hold if it holds anything. */
  readonly wrapperNeeds?: readonly string[];
  /** The kinds of body of which one must be given; absent where there is only one. */
  readonly kinds?: readonly BodyKind[];
  /** Set where the body is not an object (an array, say): the one argument that holds it whole. */
  readonly whole: string | null;
  /** Set where the whole body is a file, whose path that argument is. */
  readonly wholeFile?: FileKind;
  readonly required: boolean;
}

/** One operation of the document, compiled: plain data from which a tool is made. */
export interface Operation {
  /** The tool's name: `lucanto_list_invoices`. */
  readonly tool: string;
  readonly operationId: string | null;
  /** Scope word: the plural of the top collection in snake_case (`invoices`, `credit_notes`, `workspaces`). */
  readonly resource: string;
  /** How many resources are nearer to people's work, as far as the document shows it. */
  readonly standing?: number;
  /** `list`, `get`, `create`, `update`, `delete`, or the action's own name (`issue`). */
  readonly action: string;
  readonly tier: Tier;
  /** Scopes any one of which is enough; empty where none is needed (listing workspaces). */
  readonly scopes: readonly string[];
  readonly method: HttpMethod;
  /** Template from the origin's root: `/api/v1/workspaces/{workspace_id}/invoices/{id}`. */
  readonly path: string;
  /** The parameter that names the workspace, as the wire spells it, in every place of the request; null for none. */
  readonly workspace: string | null;
  readonly parameters: readonly ParameterBinding[];
  readonly body: BodyBinding | null;
  /** Set where its body, if it has one, is `application/json`: known before the body is read. */
  readonly sendsJson?: true;
  /** Where the rows of a list answer are: the answer itself, or a member (`data`); null for anything but lists. */
  readonly rows: 'root' | 'data' | null;
  /** How the rows are sorted, in the document's words; absent where it says nothing. */
  readonly order?: string | undefined;
  /** Properties of the record, or of each row of a list; empty where the document does not describe them. */
  readonly answerFields?: readonly AnswerField[];
  /** Media types of a GET's answer that is a file; empty where the document says nothing of it, null for JSON. */
  readonly fileTypes?: readonly string[] | null;
  /** What its answer must be to count as a success; absent where nothing is known of it. */
  readonly success?: Success;
  /** The header by which the service recognises a write that comes twice, where the document names one. */
  readonly keyHeader?: string;
  /** Its request must name the version of the record, the ETag that is read right before. */
  readonly versioned?: true;
  /** Accepts `limit` and `cursor`. */
  readonly paginated: boolean;
  readonly title: string;
  readonly description: string;
  /** It changes nothing and leaves nothing anywhere: by its method and by the words of the document. */
  readonly reads: boolean;
  readonly destructive: boolean;
  readonly idempotent: boolean;
  readonly openWorld: boolean;
  /** What nobody can undo, so that a person may have to agree first; absent for everything else. */
  readonly irreversible?: Irreversible;
  /** Arguments that a list of tools may describe in prose, since they are seldom needed (`x-detail` in the document). */
  readonly details?: readonly string[];
  /** What clients see: portable (mcp-hosts.md section 3), `workspace_id` optional. */
  readonly inputSchema: JsonSchema;
  /** What arguments are checked against: same names, the document's own nullability, unions and formats. */
  readonly validation: JsonSchema;
}

/** By the tool's name. */
export type Operations = ReadonlyMap<string, Operation>;

export function byTool(operations: readonly Operation[]): Operations {
  return new Map(operations.map((operation) => [operation.tool, operation]));
}
