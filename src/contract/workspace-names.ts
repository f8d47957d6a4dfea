import { snake } from './naming.ts';

/**
 * Names under which a request may say which workspace it is for. Services call a workspace by many words, and some of these
 * words have other meanings too: an account may be a bank account, a company may be a customer.
 */
const ID = '(_?(id|uuid|guid|slug|ref|handle|key)s?)?';
const BEFORE = '(x_(\\w+_)?)?(current_|active_|default_|selected_|my_|lucanto_)?';
const BETWEEN = '(target_|source_|from_|to_|other_|for_|in_|destination_|parent_|new_|old_)?';
const ANY = [
  new RegExp(`(^|_)(workspace|tenant)s?${ID}$`),
  new RegExp(
    `^${BEFORE}${BETWEEN}((account|firm|team|org|organi[sz]ation)s?|ws|compan(y|ies)|business(es)?|legal_entit(y|ies))${ID}$`,
  ),
];
const CERTAIN = new RegExp(`(^|_)(workspace|tenant|organi[sz]ation|org)s?${ID}$`);
/** `fields[workspaces]=name` says what to show of a workspace, and `sort` in which order. */
const ABOUT_ANSWERS = /^(fields?|sort|order|order_by|include|expand)$/;

/** Whether a parameter, a header or a member of a body may name a workspace: `filter[account_id]` and `filter[workspace][id]` too. */
export function mayNameWorkspace(name: string): boolean {
  return partsOf(name).some((part) => ANY.some((words) => words.test(part)));
}

/** Whether the word has no other meaning. */
export function surelyNamesWorkspace(name: string): boolean {
  return mayNameWorkspace(name) && partsOf(name).some((part) => CERTAIN.test(part));
}

/** Literals of a path below which everything belongs to one workspace, as in `/companies/{company_id}/invoices`. */
export function isWorkspaceSegment(word: string): boolean {
  return /^(workspace|account|compan(y|ies)|organi[sz]ation|org|tenant|firm|business(es)?|team)s?$/.test(snake(word));
}

function partsOf(name: string): readonly string[] {
  const [first = '', ...inner] = name.split(/[[\]]+/).map(snake);
  const within = inner.filter((part) => part !== '');
  return ABOUT_ANSWERS.test(first) ? [first] : [first, ...within];
}
