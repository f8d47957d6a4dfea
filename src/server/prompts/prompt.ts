/** What a prompt is: data, and one function from its arguments to the text that the model gets. */
import type { Tool } from '../../catalog/tool.ts';
import type { Workspace } from '../../catalog/workspaces.ts';
import type { PromptName } from './needs.ts';

export interface PromptArgument {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly required: boolean;
  /** What its values are, for completions and for checking them. */
  readonly kind: 'workspace' | 'contact' | 'status' | 'month' | 'text';
  /** Of a status, as far as the contract states them. */
  readonly values: readonly string[];
  /** There are no others. */
  readonly isClosed?: boolean;
}

/** What is there when a prompt is asked for. Nothing of it needs the network. */
export interface PromptKit {
  readonly visible: readonly Tool[];
  readonly pinned: string | null;
  /** As far as they are known. */
  readonly workspaces: readonly Workspace[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** By the argument's name; optional ones may be missing. */
export type PromptValues = Readonly<Record<string, string | undefined>>;

export interface PromptDefinition {
  readonly name: PromptName;
  readonly title: string;
  readonly description: string;
  arguments(kit: PromptKit): readonly PromptArgument[];
  text(values: PromptValues, kit: PromptKit): string;
}
