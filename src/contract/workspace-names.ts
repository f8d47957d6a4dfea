import { snake } from './naming.ts';

/**
 * Names under which a request may say which workspace it is for. Services call a workspace by many words, and some of these
 * words have other meanings too: an account may be a bank account, a company may be a customer.
 */
const ANY =
  /^(x_)?(current_|active_|default_|selected_|my_|lucanto_)?(workspace|account|company|organi[sz]ation|org|tenant|firm|business|team)(_(id|uuid|guid|slug))?$/;
const CERTAIN = /(^|_)(workspace|tenant|organi[sz]ation|org)(_(id|uuid|guid|slug))?$/;

/** Whether a parameter, a header or a member of a body may name a workspace. `filter[account_id]` counts by its last part. */
export function mayNameWorkspace(name: string): boolean {
  return ANY.test(lastPart(name));
}

/** Whether the word has no other meaning. */
export function surelyNamesWorkspace(name: string): boolean {
  return mayNameWorkspace(name) && CERTAIN.test(lastPart(name));
}

/** Literals of a path below which everything belongs to one workspace, as in `/companies/{company_id}/invoices`. */
export function isWorkspaceSegment(word: string): boolean {
  return /^(workspace|account|compan(y|ies)|organi[sz]ation|org|tenant|firm|business(es)?|team)s?$/.test(snake(word));
}

function lastPart(name: string): string {
  return snake(/\[([^\][]+)\](?:\[\])?$/.exec(name)?.[1] ?? name);
}
