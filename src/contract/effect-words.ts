/** The words by which argument-effects.ts tells what a call does because of an argument, as data. */

/** Words that ask for it: as an order, and as a state that is asked for. */
// biome-ignore format: a table
export const EFFECT_ORDERS: Readonly<Record<'sends' | 'issues' | 'deletes', ReadonlySet<string>>> = {
  sends: new Set(['send', 'resend', 'sends', 'email', 'mail', 'deliver', 'dispatch', 'notify', 'remind', 'transmit', 'submit', 'forward',
    'broadcast', 'sms', 'fax', 'invite', 'publish', 'share', 'message']),
  issues: new Set(['issue', 'finalise', 'finalize', 'expose', 'charge', 'capture', 'pay', 'refund', 'payout', 'post', 'book', 'release']),
  deletes: new Set(['delete', 'destroy', 'void', 'cancel', 'annul', 'storno', 'erase', 'purge', 'revoke']),
};
// Marking as paid moves no money: `paid` is missing on purpose.
// biome-ignore format: a table
export const EFFECT_STATES: Readonly<Record<'sends' | 'issues' | 'deletes', ReadonlySet<string>>> = {
  sends: new Set(['sent', 'resent', 'emailed', 'mailed', 'delivered', 'dispatched', 'notified', 'reminded', 'transmitted', 'submitted',
    'forwarded', 'published', 'shared', 'invited']),
  issues: new Set(['issued', 'finalised', 'finalized', 'final', 'exposed', 'charged', 'captured', 'refunded', 'posted', 'booked',
    'released']),
  deletes: new Set(['deleted', 'destroyed', 'voided', 'cancelled', 'canceled', 'annulled', 'revoked']),
};
/** Orders that stand in names as things, too: `email_verified`, `share_price`. */
export const THINGS = new Set([
  'email',
  'mail',
  'sms',
  'fax',
  'message',
  'share',
  'charge',
  'issue',
  'capture',
  'refund',
  'post',
  'book',
]);
/** What is done, as a thing: `customer_notification: true`. */
export const SENDING = new Set([
  'delivery',
  'sending',
  'dispatch',
  'notification',
  'notifications',
  'transmission',
  'mailing',
]);
// biome-ignore format: a table
export const BEFORE_ORDER = new Set(['', 'auto', 'automatically', 'also', 'and', 'then', 'should', 'will', 'do', 'is', 'be', 'please',
  'immediately', 'directly', 'now', 'want', 'wants', 'must', 'by', 'via', 'with', 'on', 'after', 'create', 'save', 'lucanto', 'schedule', 'scheduled']);
/** States that a document has once it is no draft any longer, where its description speaks of drafts. */
export const AFTER_DRAFT =
  /^(open|approved|active|confirmed|live|validated|authori[sz]ed|awaiting_payment|outstanding|unpaid|posted)$/;
// biome-ignore format: a table
export const NEGATIONS = new Set(['no', 'not', 'dont', 'never', 'skip', 'suppress', 'without', 'disable', 'disabled', 'prevent', 'omit', 'silent',
  'mute', 'exclude', 'block', 'unsent', 'un']);
/** With one of these a name speaks of something else, or of how something looks. */
// biome-ignore format: a table
export const ATTRIBUTES = new Set(['address', 'addresses', 'verified', 'confirmed', 'valid', 'validated', 'opt', 'optin', 'allowed', 'consent',
  'bounced', 'format', 'language', 'locale', 'marketing', 'newsletter', 'subscribed', 'template', 'date', 'id', 'ids', 'note', 'notes',
  'terms', 'number', 'count', 'history', 'preview', 'required', 'url', 'uri', 'link', 'show', 'hide', 'display', 'visible', 'include',
  'has', 'mark', 'unmark', 'print', 'vat', 'tax', 'taxes', 'price', 'prices', 'cost', 'fee', 'period', 'country', 'city', 'street',
  'signature', 'default', 'name', 'reason', 'place', 'tracking']);
// biome-ignore format: a table
export const CHANNELS = new Set(['email', 'mail', 'post', 'letter', 'sms', 'whatsapp', 'peppol', 'einvoice', 'fax', 'ksef', 'sdi', 'edi', 'slack',
  'webhook', 'viber', 'telegram', 'portal', 'now', 'immediately', 'auto', 'automatic', 'automatically', 'instant']);
// biome-ignore format: a table
export const WAYS = new Set(['deliver', 'delivery', 'send', 'sending', 'dispatch', 'notify', 'notification', 'notifications', 'transport',
  'channel', 'channels', 'distribution', 'transmission', 'submission', 'distribute', 'communication', 'peppol', 'einvoice',
  'ksef']);
/** With one of these a number says how long, how often or which. */
// biome-ignore format: a table
export const MEASURES = new Set(['after', 'before', 'at', 'in', 'every', 'days', 'day', 'hours', 'hour', 'minutes', 'weeks', 'weekday', 'month',
  'months', 'times', 'max', 'maximum', 'limit', 'interval', 'delay', 'retries', 'type', 'order', 'amount', 'level', 'version', 'message',
  'charge', 'issue', 'share', 'pay', 'refund', 'payout', 'capture', 'post', 'book']);
/** Ways that a switch may be called by alone: `peppol: true`. */
export const NETWORKS = new Set(['peppol', 'einvoice', 'ksef', 'sdi', 'edi', 'whatsapp', 'viber', 'telegram', 'slack']);
/** Values that say that the service itself sends nothing. */
// biome-ignore format: a table
export const NOT_SENT = new Set(['', 'no', 'off', '0', 'none', 'never', 'null', 'undefined', 'manual', 'manually', 'hand', 'by_hand', 'person', 'in_person',
  'pickup', 'self', 'download', 'courier', 'later', 'nobody', 'draft', 'disabled']);
/** What a read is told to do besides by a switch: `commit: true`. */
// biome-ignore format: a table
export const SWITCHED = new Set(['reset', 'clear', 'commit', 'save', 'persist', 'sync', 'synchronize', 'execute', 'trigger', 'acknowledge',
  'create', 'update', 'upsert', 'replace', 'overwrite', 'insert']);
/** Members of a message that is to be sent. */
export const MESSAGE_PART =
  /^(to|cc|bcc|recipients?|subject|body|text|message|html|content|template(_id)?|attachments?|attach_pdf|send.*|sender|reply_to)$/;
/** Names of what holds recipients. */
export const ADDRESSED =
  /(^|_)(to|cc|bcc|recipients?|addressees?|invitees?|attendees?|send_to|sms|destinations?|dest|share_with)(_(e_?mails?|address(es)?))?$/;
/** States before it is done, or beside it. */
export const UNDONE = /(^|_)(not|un|unsent|never|pending|awaiting|waiting|ready|draft|failed|to|before|partially)(_|$)/;
