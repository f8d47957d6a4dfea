/**
 * What words say that an operation does: names, paths and sentences are searched for verbs, which are data. A
 * method or a hint is only half of the evidence; this is the other half.
 */

/** `reversible`: another call can undo it, such as `archive`. `acts`: it does something, and what is not known. */

const ACTS = ['reads', 'reversible', 'acts', 'changes', 'makes', 'issues', 'sends', 'deletes'] as const;
export type Act = (typeof ACTS)[number];

export interface Saying {
  readonly act: Act;
  /** `void`, as it stands in names. */
  readonly verb: string;
}

// biome-ignore format: a table
const VERBS: Readonly<Record<Act, readonly string[]>> = {
  reads: ['get', 'list', 'show', 'read', 'fetch', 'retrieve', 'return', 'view', 'find', 'search', 'lookup', 'look', 'query',
    'filter', 'count', 'check', 'validate', 'verify', 'preview', 'download', 'describe', 'summarize', 'summarise',
    'calculate', 'compute', 'estimate', 'suggest', 'render', 'ping', 'inspect', 'watch', 'poll', 'explain', 'compare',
    'browse', 'display', 'provide', 'load', 'obtain', 'see', 'enumerate', 'export', 'generate', 'simulate', 'test',
    'report', 'give'],
  reversible: ['make', 'set', 'unset', 'mark', 'unmark', 'accept', 'decline', 'reject', 'approve', 'archive', 'unarchive',
    'restore', 'undelete', 'reopen', 'activate', 'deactivate', 'enable', 'disable', 'lock', 'unlock', 'pause', 'resume',
    'hide', 'assign', 'unassign', 'link', 'unlink', 'detach', 'tag', 'untag', 'star', 'unstar', 'pin', 'unpin', 'rename',
    'move', 'sort', 'reorder', 'refresh', 'recalculate', 'favorite', 'unfavorite', 'snooze', 'flag', 'unflag', 'promote',
    'demote', 'flip', 'bump'],
  acts: ['close', 'complete', 'sync', 'synchronize', 'synchronise', 'reconcile', 'match', 'merge', 'process', 'run',
    'execute', 'trigger', 'start', 'stop', 'schedule', 'convert', 'apply', 'allocate', 'toggle', 'switch', 'subscribe',
    'unsubscribe', 'rotate', 'regenerate', 'import', 'migrate', 'increment', 'decrement', 'adjust', 'book', 'record',
    'write', 'commit', 'persist', 'settle', 'provision', 'enroll', 'onboard', 'install', 'deploy', 'emit', 'upgrade',
    'downgrade', 'renew', 'extend', 'lodge', 'declare', 'swap', 'split', 'combine', 'consume', 'redeem', 'obliterate', 'suspend', 'block', 'unblock', 'confirm', 'connect', 'disconnect', 'grant', 'save', 'store', 'post', 'put', 'reset',
    'clear', 'acknowledge', 'ack', 'reserve', 'fire', 'dun', 'honour', 'honor', 'take', 'handle', 'perform', 'do',
    'invoke', 'initiate', 'launch', 'fulfil', 'fulfill', 'buy', 'sell', 'deduct', 'donate', 'lend'],
  changes: ['update', 'edit', 'change', 'modify', 'replace', 'patch', 'overwrite', 'amend', 'correct', 'alter'],
  makes: ['create', 'add', 'insert', 'append', 'register', 'duplicate', 'copy', 'clone', 'upload', 'attach', 'upsert',
    'prepend', 'push', 'enqueue', 'ensure'],
  issues: ['issue', 'expose', 'finalise', 'finalize', 'sign', 'refund', 'transfer', 'pay', 'repay', 'charge', 'capture',
    'debit', 'reimburse', 'payout', 'wire', 'remit', 'disburse', 'collect'],
  sends: ['send', 'resend', 'email', 'mail', 'remind', 'notify', 'share', 'invite', 'publish', 'deliver', 'dispatch',
    'transmit', 'submit', 'message', 'sms', 'fax', 'broadcast', 'forward', 'print', 'nudge', 'chase', 'escalate', 'alert'],
  deletes: ['delete', 'destroy', 'remove', 'erase', 'purge', 'wipe', 'discard', 'cancel', 'void', 'storno', 'annul',
    'revoke', 'terminate', 'anonymise', 'anonymize', 'trash', 'drop', 'nullify', 'invalidate', 'reverse', 'rescind',
    'withdraw', 'write_off', 'truncate', 'prune', 'flush', 'expunge', 'shred', 'unregister', 'deregister', 'nuke', 'kill', 'eradicate', 'eliminate', 'dispose', 'scrap',
    'burn', 'zap', 'evict', 'retire', 'expire', 'forget', 'cleanup', 'dismantle'],
};

/** What a deletion is called where it is a thing: in a path (`/deletions`) or a sentence ("Deletion of a contact"). */
// biome-ignore format: a table
const NOUNS: Readonly<Record<string, string>> = { deletion: 'delete', removal: 'remove', cancellation: 'cancel',
  cancelation: 'cancel', annulment: 'annul', revocation: 'revoke', termination: 'terminate', erasure: 'erase',
  destruction: 'destroy', reversal: 'reverse', purge: 'purge', withdrawal: 'withdraw', voidance: 'void',
  nullification: 'nullify', anonymization: 'anonymize', anonymisation: 'anonymise', dispatch: 'dispatch',
  submission: 'submit', transmission: 'transmit', creation: 'create', issuance: 'issue', finalization: 'finalize' };

/** Verbs that are nouns or adjectives as well: only where a sentence or name begins with one, it is a verb for certain. */
// biome-ignore format: a table
const ALSO_NOUNS: ReadonlySet<string> = new Set(['email', 'mail', 'message', 'sms', 'fax', 'share', 'issue', 'sign',
  'refund', 'transfer', 'charge', 'capture', 'debit', 'payout', 'link', 'tag', 'star', 'pin', 'lock', 'record', 'book',
  'copy', 'archive', 'import', 'match', 'process', 'run', 'start', 'stop', 'schedule', 'set', 'mark', 'close', 'sort',
  'block', 'complete', 'correct', 'post', 'put', 'change', 'patch', 'trash', 'drop', 'reverse', 'void', 'clone',
  'duplicate', 'store', 'move', 'switch', 'trigger', 'hide', 'edit', 'broadcast', 'forward', 'invite', 'notify', 'push',
  'test', 'report', 'print', 'pay', 'register', 'pause', 'grant', 'flag', 'flip', 'bump', 'commit', 'upgrade', 'downgrade',
  'swap', 'split', 'wire', 'nudge', 'chase', 'alert', 'scrap', 'burn', 'cleanup', 'kill', 'combine', 'reserve', 'fire']);

/** Among those, nouns that no path would end in and no sentence has in its middle. */
const RARE_NOUNS: ReadonlySet<string> = new Set(['void', 'print', 'pay', 'notify', 'invite', 'forward', 'mark']);

/** Among those, things that services keep records of. */
// biome-ignore format: a table
const RECORDS: ReadonlySet<string> = new Set(['email', 'mail', 'message', 'sms', 'fax', 'share', 'issue', 'refund',
  'transfer', 'charge', 'capture', 'debit', 'payout', 'link', 'tag', 'record', 'book', 'archive', 'import', 'match',
  'process', 'schedule', 'block', 'post', 'change', 'trash', 'store', 'clone', 'broadcast', 'invite', 'test', 'report', 'flag', 'commit', 'upgrade', 'swap', 'split', 'alert', 'reserve']);

/** After a verb they make a noun of it: `send_status`, "Deletion history". */
// biome-ignore format: a table
const HEADS: ReadonlySet<string> = new Set(['status', 'statuses', 'state', 'history', 'log', 'logs', 'settings', 'setting',
  'options', 'preview', 'policy', 'policies', 'statistics', 'stats', 'count', 'counts', 'reason', 'reasons', 'rules',
  'date', 'dates', 'url', 'urls', 'link', 'links', 'list', 'index', 'details', 'overview', 'info', 'queue', 'schema', 'templates', 'simulation', 'estimate', 'jobs', 'suggestions',
  'requests', 'candidates']);
const PREVIEWS = /_(preview|simulation|estimate|dry_run)$/;

/** Words that may stand before a verb: `bulk_delete`, "Permanently delete". */
// biome-ignore format: a table
const PREFIXES: ReadonlySet<string> = new Set(['bulk', 'batch', 'mass', 'multi', 'all', 'force', 'hard', 'soft', 'lucanto',
  'api', 'v1', 'v2', 'also', 'please', 'this', 'that', 'which', 'it', 'will', 'to', 'the', 'endpoint', 'operation', 'method',
  'tool', 'use', 'used', 'allows', 'you', 'lets', 'immediately', 'permanently', 'automatically', 'optionally', 'first',
  'finally', 'calling', 'can', 'irreversibly', 'directly', 'now', 'a', 'an', 'then']);

/** The same in other languages of the EU, in the forms that names and the beginnings of sentences have, without marks. */
// biome-ignore format: a table
const FOREIGN: ReadonlyMap<string, Saying> = new Map(Object.entries({
  deletes: ['delete', 'loschen loeschen loscht loescht losche loesche geloscht geloescht entfernen entfernt stornieren storniert storniere annullieren annulliert widerrufen widerruft supprimer supprime annuler annule effacer efface eliminar elimina borrar borra anular anula eliminare cancellare cancella annullare annulla verwijderen verwijdert annuleren usunac usun usuwa anulowac anuluje smazat smaze zmazat zmaze vymazat vymaze odstranit odstrani stornovat stornuje zrusit zrusi zrus vymaz zmaz torli torol brise brisi sterge slet sletter poista apagar apaga excluir exclui изтрива изтрии анулира διαγραφει ακυρωνει'],
  sends: ['send', 'senden sendet sende gesendet versenden versende versendet verschicken verschickt benachrichtigen benachrichtigt mahnen envoyer envoie relancer relance notifie enviar envia notificar notifica inviare invia spedire spedisce verzenden verzendt versturen verstuurt wyslac wyslij wysyla odeslat odesle odoslat odosle poslat posle posli odosli elkuldi kuldes salje poslji poslje skicka skickar laheta trimite изпраща изпрати αποστελλει'],
  issues: ['issue', 'ausstellen ausgestellt bezahlen bezahlt uberweisen ueberweisen uberweist emettre emet rembourser emitir emite pagar paga reembolsar emettere emette pagare betalen betaalt wystawic wystaw wystawia zaplacic vystavit vystavi zaplatit zaplati uhradit uhradi'],
} as const).flatMap(([key, [verb, words]]) =>
  ACTS.flatMap((act) => (act === key ? words.split(' ').map((word): [string, Saying] => [word, { act, verb }]) : []))));

/** The act as a thing, as sentences begin with it: "Vymazanie faktúry". In a path it is a record. */
// biome-ignore format: a table
const FOREIGN_NOUNS: ReadonlyMap<string, string> = new Map(Object.entries({
  loschen: 'loschung loeschung stornierung annullierung entfernung suppression annulation effacement vymazanie zmazanie odstranenie zrusenie stornovanie vymazani smazani odstraneni zruseni usuniecie usuwanie anulowanie eliminazione cancellazione annullamento eliminacion anulacion verwijdering annulering torles brisanje stergere stergerea изтриване анулиране διαγραφη ακυρωση',
  senden: 'versand versendung zusendung envoi odoslanie odosielanie zaslanie odeslani zaslani wyslanie wysylanie wysylka invio envio verzending kuldes slanje trimitere trimiterea изпращане αποστολη',
  ausstellen: 'ausstellung auszahlung uberweisung emission remboursement vystavenie uhradenie vystaveni uhrazeni wystawienie wystawianie emissione emision uitgifte',
}).flatMap(([verb, words]) => words.split(' ').map((word): [string, string] => [word, verb])));

/** Without a letter of any other language, for which patterns are slow to make. */
function isEnglish(sentence: string): boolean {
  return /^[\x20-\x7e]*$/.test(sentence);
}

/** At the beginning of a sentence, and of languages whose infinitives and participles stand at its end there too. */
function foreignIn(sentence: string): readonly Saying[] {
  const words = isEnglish(sentence)
    ? (sentence.match(/[a-z]+/g) ?? [])
    : (sentence
        .normalize('NFD')
        .replace(/\p{M}/gu, '')
        .replace(/\u0142/g, 'l')
        .match(/\p{L}+/gu) ?? []);
  const [first = '', last = ''] = [words[0], words.at(-1)];
  const mayEnd = (last.endsWith('en') || / (wird|werden|wordt) /.test(sentence)) && !sentence.includes(',');
  return [FOREIGN_NOUNS.get(first) ?? first, mayEnd ? last : ''].flatMap((word) => FOREIGN.get(word) ?? []).slice(0, 1);
}

/** What a word of another language in the name of an argument orders; to mark as paid moves no money. */
export function foreignAct(word: string): Act | undefined {
  return /^(bezahl|betaa?l|zaplat|uhrad|pag)/.test(word) ? undefined : FOREIGN.get(word)?.act;
}

/** Only at the beginning of a name: elsewhere ("Takes an id", `items_you_sell`) they say nothing of what is done. */
// biome-ignore format: a table
const LEADING: ReadonlySet<string> = new Set(['take', 'handle', 'perform', 'do', 'invoke', 'initiate', 'launch', 'fulfil', 'fulfill',
  'buy', 'sell', 'deduct', 'donate', 'lend']);

const ACT_OF: ReadonlyMap<string, Act> = new Map(
  ACTS.flatMap((act) => VERBS[act].map((verb): [string, Act] => [verb, act])),
);

/** "Booking" and "setting" are no forms of "book" and "set" where a sentence begins with them. */
// biome-ignore format: a table
const THINGS: ReadonlySet<string> = new Set(['booking', 'setting', 'posting', 'matching', 'processing', 'recording',
  'closing', 'running', 'sharing', 'mailing', 'messaging', 'blocking', 'scheduling', 'listing', 'saving', 'pairing']);

/** Forms of verbs in sentences: "deletes", "deleting", "is deleted". */
const FORMS: ReadonlyMap<string, string> = new Map(
  [...ACT_OF.keys()].flatMap((verb) => {
    const stem = verb.replace(/e$/, '');
    const short = `${verb}${verb.at(-1)}`;
    const present = [`${verb}s`, `${verb}es`, `${verb.replace(/y$/, 'ie')}s`];
    const gerunds = [`${stem}ing`, `${short}ing`].filter((form) => !THINGS.has(form));
    return [...present, ...gerunds].map((form): [string, string] => [form, verb]);
  }),
);

/** Whether a word is a deletion or the like as a thing. */
export function isNounOfAct(word: string): boolean {
  return Object.hasOwn(NOUNS, word);
}

/** Of a name in snake_case: an operationId, a tool, a segment of a path. Each clause (`get_and_void`) says one thing. */
export function actsInName(name: string): readonly Saying[] {
  if (PREVIEWS.test(name)) return [{ act: 'reads', verb: 'preview' }];
  const foreign = name.split('_').flatMap((word) => FOREIGN.get(word) ?? []);
  return [...name.split(/_(?:and|then|or)_/).flatMap((clause) => actsInClause(clause.split('_'))), ...foreign];
}

function actsInClause(all: readonly string[]): readonly Saying[] {
  const words = all.filter((word, at) => word !== '' && !(PREFIXES.has(word) && at < all.length - 1));
  const [first = '', ...rest] = words;
  const lead = ACT_OF.get(first);
  const last = words.at(-1) ?? '';
  // `tag_delete`, `charge_list`: the noun comes first.
  const own = rest.find((word) => ACT_OF.has(word) && !ALSO_NOUNS.has(word));
  if (RECORDS.has(first) && own !== undefined) return [{ act: ACT_OF.get(own) ?? 'acts', verb: own }];
  if (RECORDS.has(first) && HEADS.has(last)) return [];
  if (lead !== undefined && lead !== 'reads') return [{ act: lead, verb: first }];
  if (HEADS.has(last)) return lead === undefined ? [] : [{ act: lead, verb: first }];
  // `invoice_void` ends with its verb, `get_delete_invoice` hides it; `list_emails` and `get_record` do neither.
  const hidden = rest.find((word) => isActing(word) && !ALSO_NOUNS.has(word));
  const mayEnd = lead === undefined ? isActing(last) && last !== 'post' : RARE_NOUNS.has(last);
  const ending = rest.length > 0 && mayEnd ? last : undefined;
  const verb = hidden ?? ending;
  if (verb !== undefined) return [{ act: ACT_OF.get(verb) ?? 'acts', verb }];
  return lead === undefined ? [] : [{ act: lead, verb: first }];
}

function isActing(word: string): boolean {
  const act = ACT_OF.get(word);
  return act !== undefined && act !== 'reads' && !LEADING.has(word);
}

/** "Send status" and "Charge list" are things; "Delete logs" is not. */
function isMaybeNoun(verb: string): boolean {
  return verb === 'send' || ALSO_NOUNS.has(verb);
}

/** Of a segment of a path that may be a thing as well as a verb: `/invoices/{id}/void`, `/deletions`, `/email`. */
export function actsInSegment(segment: string): readonly Saying[] {
  const noun = NOUNS[segment.replace(/s$/, '')];
  if (noun !== undefined) return [{ act: ACT_OF.get(noun) ?? 'acts', verb: noun }];
  if (!segment.includes('_') && ALSO_NOUNS.has(segment) && !RARE_NOUNS.has(segment)) return [];
  const [first = '', second] = segment.split('_');
  if (second !== undefined && HEADS.has(second) && isMaybeNoun(first)) return [];
  return ACT_OF.has(first) || FOREIGN.has(first) || segment.includes('_') ? actsInName(segment) : [];
}

/** Of the first sentence of a text: its verb, those after "and", and nouns that stand for one. */
export function actsInSentence(text: string): readonly Saying[] {
  const sentence = (/^.*?[.!?](?=\s|$)/s.exec(text.trim())?.[0] ?? text).toLowerCase().replace(/\be-mail/g, 'email');
  const clauses = sentence.split(/[,;:]|\b(?:and|then|or|but)\b|&/).map(wordsOf);
  const [lead] = clauses.flatMap((clause) => leadOf(clause) ?? []).slice(0, 1);
  const said = clauses.flatMap((clause, at) => {
    // "Emails and archives the invoice": alone it may be a noun, but not before another verb.
    const own = leadOf(clause) ?? (clause.length === 1 && leadOf(clauses[at + 1] ?? []) ? verbOf(clause) : undefined);
    // "Lists invoices and emails": in a later clause a noun is a verb only before what it acts upon.
    if (own !== undefined) return at > 0 && ALSO_NOUNS.has(own.verb) && !ARTICLE.test(clause[1] ?? '') ? [] : [own];
    return lead?.act === 'reads' ? [] : actsInNouns(clause);
  });
  return [...said, ...foreignIn(sentence)];
}

/**
 * Of a whole text: besides, what later sentences say that it does ("Then pays it.", "The customer is notified."), and not
 * what they tell the reader to do. @param isCertain only what they say without a condition
 */
export function actsInText(text: string, isCertain = false): readonly Saying[] {
  const later = text
    .trim()
    .toLowerCase()
    .replace(/\be-mail/g, 'email')
    .split(/[.!?]\s+/)
    .slice(1);
  const first = actsInSentence(text);
  const isReading = first.every(({ act }) => act === 'reads');
  const said = later.flatMap((sentence): readonly Saying[] => {
    if (isCertain && CONDITION.test(sentence)) return [];
    const words = wordsOf(sentence);
    const own = leadOf(words);
    if (own !== undefined && words[0] !== own.verb && ARTICLE.test(words[1] ?? '')) return [own];
    // "Reminders are sent after the due date" says what a list of them holds.
    if (isReading && !/^(the|its?|this|they|these|both) /.test(sentence)) return [];
    const verb = participleOf(PASSIVE.exec(sentence)?.[1] ?? '') ?? '';
    const act = ACT_OF.get(verb);
    return act === 'sends' || act === 'issues' ? [{ act, verb }] : [];
  });
  return [...first, ...said];
}

const CONDITION = /\b(if|when|where|unless|once|until|only|not|never|no|may|can|must)\b/;
const PASSIVE =
  /^(?:(?!that|which|who|what)[a-z]+ ){1,4}(?:is|are|gets|will be) (?:(?:also|then|automatically|immediately) )?([a-z]+)\b(?! by (?:the|an?|our|your) (?!system|service|server|api))/;
const ARTICLE = /^(the|a|an|it|its|them|this|that|all|any|each|every|as)$/;

function wordsOf(clause: string): readonly string[] {
  const words = clause.split(isEnglish(clause) ? /[^a-z0-9_]+/ : /[^\p{L}\p{N}_]+/u).filter((word) => word !== '');
  const start = words.findIndex((word) => !PREFIXES.has(word));
  return start < 0 ? [] : words.slice(start);
}

function verbOf([first = '']: readonly string[]): Saying | undefined {
  const verb = ACT_OF.has(first) ? first : FORMS.get(first);
  const act = verb === undefined ? undefined : ACT_OF.get(verb);
  return verb === undefined || act === undefined || LEADING.has(verb) ? undefined : { act, verb };
}

function leadOf(words: readonly string[]): Saying | undefined {
  const [first = '', second = '', third = ''] = words;
  const saying = verbOf(words);
  if (saying === undefined) return undefined;
  const { act, verb } = saying;
  // "Emails", "Charge", "Link to the PDF", "Send history": things, and not what is done.
  const isOf = second === 'of' || (/^(to|for|from|by)$/.test(second) && (act === 'reversible' || act === 'acts'));
  // "E-mails that were sent"
  const isHead = RELATIVE.test(second) && /^(is|are|was|were|has|have|had|can|could|failed)$/.test(third);
  const isNoun =
    ALSO_NOUNS.has(verb) && (isOf || isHead || (second === '' && !(first === verb && RARE_NOUNS.has(verb))));
  return isNoun || (first === verb && HEADS.has(second) && isMaybeNoun(verb)) ? undefined : saying;
}

const RELATIVE = /^(that|which|who|whom|whose|what|why|where|when|how)$/;

/** "Deletion of a contact", "The invoice is voided", "Invoice void". */
function actsInNouns(words: readonly string[]): readonly Saying[] {
  return words.flatMap((word, at) => {
    const before = words.slice(0, at);
    if (HEADS.has(words[at + 1] ?? '') || / used to$/.test(` ${before.join(' ')}`)) return [];
    // "Reasons why documents are voided" and "Who is signed in" say what there is.
    const isTold = before.some((one) => RELATIVE.test(one));
    const noun =
      NOUNS[word] ??
      (/^(is|are|gets?|be|being)$/.test(words[at - 1] ?? '') && !isTold ? participleOf(word) : undefined);
    const verb = noun ?? (isActing(word) && (!ALSO_NOUNS.has(word) || RARE_NOUNS.has(word)) ? word : undefined);
    return verb === undefined ? [] : [{ act: ACT_OF.get(verb) ?? 'acts', verb }];
  });
}

const IRREGULAR: Readonly<Record<string, string>> = {
  sent: 'send',
  resent: 'resend',
  paid: 'pay',
  withdrawn: 'withdraw',
};

/** The verb of `voided`. */
export function participleOf(word: string): string | undefined {
  if (Object.hasOwn(IRREGULAR, word)) return IRREGULAR[word];
  const [stem] = /^(.+)ed$/.exec(word)?.slice(1) ?? [];
  if (stem === undefined) return undefined;
  return [stem, `${stem}e`, stem.slice(0, -1), stem.replace(/i$/, 'y')].find(isActing);
}
