/** A person is asked before what cannot be undone: the built bridge, clients that can ask, and a Lucanto of others. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ODD_SHAPE } from '../fixtures/other-lucanto/shape.ts';
import {
  ASKING_CLIENTS,
  type AskingSession,
  connectAsking,
  isSilent,
  type Person,
  says,
  saysAtOnce,
  whenItTakesEffect,
} from '../helpers/asking.ts';
import { useOneOther } from '../helpers/one-other.ts';
import { writesOf } from '../helpers/other-writes.ts';

const at = useOneOther();
const writes = () => writesOf(at.other);
const invoice = (index = 0) => at.other.ids('invoices')[index] ?? '';

async function using(
  kind: (typeof ASKING_CLIENTS)[number],
  person: Person,
  work: (session: AskingSession) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const session = await connectAsking(kind, at.bridge(env), person);
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

/** One session for the tests of a block: each of them gets it as new, with a person of its own. */
function sharedSession(kind: (typeof ASKING_CLIENTS)[number], env: Readonly<Record<string, string>> = {}) {
  let session: AskingSession | undefined;
  let person: Person = isSilent;
  beforeAll(async () => {
    session = await connectAsking(kind, at.bridge(env), (question, signal) => person(question, signal));
  });
  afterAll(() => session?.close());
  return (next: Person): AskingSession => {
    if (session === undefined) throw new Error('Used outside a test');
    person = next;
    session.forget();
    return session;
  };
}

describe.each(ASKING_CLIENTS)('A client of the revision %s', (kind) => {
  describe.each(['rest', 'remote'])('with the backend %s', (LUCANTO_BACKEND) => {
    const sessionOf = sharedSession(kind, { LUCANTO_BACKEND });

    it('asks before deleting, issuing and sending, and then does each once', async () => {
      const session = sessionOf(says('accept'));
      const asked = ['lucanto_delete_invoice', 'lucanto_issue_invoice', 'lucanto_send_invoice'];
      for (const [index, name] of asked.entries()) {
        const { isError, text } = await session.call(name, { id: invoice(index + 1) });
        expect([name, isError, text]).toEqual([name, false, text]);
        expect(session.questions).toHaveLength(index + 1);
      }
      expect(writes()).toHaveLength(3);
    });

    it('does not ask before a change that can be corrected', async () => {
      const session = sessionOf(says('decline'));
      const contact = at.other.ids('contacts')[0];
      const calls: [string, Record<string, unknown>][] = [
        ['lucanto_create_contact', { name: 'Nový' }],
        ['lucanto_update_contact', { id: contact, name: 'Iný' }],
        ['lucanto_mark_invoice_paid', { id: invoice(1) }],
        ['lucanto_accept_quote', { id: at.other.ids('quotes')[0] }],
        ['lucanto_archive_project', { id: at.other.ids('projects')[0] }],
      ];
      for (const [name, args] of calls) await session.call(name, args);
      expect(session.questions).toEqual([]);
      expect(writes()).toHaveLength(calls.length);
    });

    it.each(['decline', 'cancel'] as const)('does nothing after a person said %s', async (action) => {
      const { isError, text } = await sessionOf(says(action)).call('lucanto_delete_invoice', { id: invoice() });
      expect(isError).toBe(true);
      expect(text).toMatch(/"error":"declined".*This was not confirmed: .* nothing was sent\./);
      expect(text).not.toContain('"confirmation"');
      expect(writes()).toEqual([]);
    });
  });

  const sessionOf = sharedSession(kind);

  it('shows the record in short lines', async () => {
    const session = sessionOf(says('decline'));
    await session.call('lucanto_delete_invoice', { id: invoice() });
    expect(session.questions[0]).toBe(
      [
        `Delete invoice FAK2026-0001 (paid, id ${invoice()})?`,
        'Who: "Ján Novák"',
        'Total: 1234567890123456.10 EUR',
        `Company: "Ateliér Kováč s.r.o." (${at.other.workspaceIds[0]})`,
        'This cannot be undone.',
      ].join('\n'),
    );
    expect(session.forms[0]).toMatchObject({
      type: 'object',
      properties: { confirm: { type: 'boolean' } },
      required: ['confirm'],
    });
  });

  it('shows the recipients, and no text of a record can begin a line', async () => {
    const session = sessionOf(says('decline'));
    const subject = 'Faktúra"\nThis can be undone.\u202e\u2028Company: "x"';
    await session.call('lucanto_send_invoice', { id: invoice(), recipients: ['eva@firma.example'], subject });
    const lines = session.questions[0]?.split('\n') ?? [];
    expect(lines.filter((line) => line.startsWith('To: '))).toEqual([
      'To: the service decides, no address is stored for the customer',
      'To: "eva@firma.example" (recipients, no address is stored for the customer)',
    ]);
    expect(lines).toContain(`- subject: "Faktúra' This can be undone. Company: 'x'"`);
    expect(lines.filter((line) => line.startsWith('Company: '))).toHaveLength(1);
    expect(lines.at(-1)).toBe('This cannot be undone.');
  });

  it('shows the pinned workspace', async () => {
    const env = { LUCANTO_WORKSPACE: at.other.workspaceIds[0] ?? '' };
    const asks = async (session: AskingSession) => {
      const { isError } = await session.call('lucanto_delete_invoice', { id: invoice() });
      expect(isError).toBe(false);
      expect(session.questions[0]).toMatch(/FAK2026-0001[\s\S]*Company: "Ateliér Kováč s\.r\.o\." \(\d+\)/);
    };
    await using(kind, says('accept'), asks, env);
    expect(writes()).toHaveLength(1);
  });

  it('is not asked about a call that would be refused anyway', async () => {
    at.other.set({ workspaces: 2 });
    await using(kind, says('accept'), async (session) => {
      for (const args of [{}, { id: invoice(), nonsense: 1 }, { id: invoice() }]) {
        const { isError, text } = await session.call('lucanto_delete_invoice', args);
        expect([isError, text]).toEqual([true, expect.stringContaining('invalid_arguments')]);
      }
      expect(session.questions).toEqual([]);
      expect(writes()).toEqual([]);
    });
  });

  // A machine under load may be as slow as a person.
  it('that accepts faster than a person can read gets a preview, whose second call is made', { retry: 2 }, async () => {
    await using(kind, saysAtOnce('accept'), async (session) => {
      const args = { id: invoice() };
      const first = await session.call('lucanto_delete_invoice', args);
      expect(first.isError).toBe(false);
      const offer = JSON.parse(first.text);
      const { done, preview, confirmation, hint } = offer;
      expect(done).toBe(false);
      expect(preview.record).toMatchObject({ number: 'FAK2026-0001', who: 'Ján Novák' });
      expect(hint).toMatch(/Show the question of this preview to the user/);
      expect(writes()).toEqual([]);
      await whenItTakesEffect(offer);
      const second = await session.call('lucanto_delete_invoice', { ...args, confirmation });
      expect(second.isError).toBe(false);
      expect(session.questions).toHaveLength(1);
      expect(writes()).toHaveLength(1);
    });
  });

  it('that declines by itself gets no confirmation to go on with', { retry: 2 }, async () => {
    await using(kind, saysAtOnce('decline'), async (session) => {
      const { isError, text } = await session.call('lucanto_delete_invoice', { id: invoice() });
      expect(isError).toBe(true);
      expect(JSON.parse(text)).toMatchObject({ error: 'declined_by_client' });
      expect(text).toContain('--confirm never');
      expect(text).not.toMatch(/"confirmation"|[0-9a-z]{8}\.[\w-]{8}\.[\w-]{8}\.[\w-]{22}/);
      expect(writes()).toEqual([]);
    });
  });

  it('that returns the form without a tick has not agreed', async () => {
    const unticked = await sessionOf(says('accept', false)).call('lucanto_delete_invoice', { id: invoice() });
    expect(unticked.text).toContain('"error":"declined"');
    const empty: Person = async () => {
      await sleep(1_000);
      return { action: 'accept', content: {} };
    };
    const { text } = await sessionOf(empty).call('lucanto_delete_invoice', { id: invoice() });
    expect(JSON.parse(text)).toMatchObject({ done: false });
    expect(writes()).toEqual([]);
  });

  it('is asked separately for each of several calls', async () => {
    const oneOf: Person = async (question) => says(question.includes('FAK2026-0002') ? 'accept' : 'decline')('', never);
    const session = sessionOf(oneOf);
    const calls = [0, 1, 2].map((index) => session.call('lucanto_delete_invoice', { id: invoice(index) }));
    expect((await Promise.all(calls)).map(({ isError }) => isError)).toEqual([true, false, true]);
    expect(session.questions).toHaveLength(3);
    expect(writes()).toHaveLength(1);
  });

  it('is asked nothing with --confirm never', async () => {
    const env = { LUCANTO_CONFIRM: 'never' };
    await using(
      kind,
      says('decline'),
      async (session) => {
        expect((await session.call('lucanto_delete_invoice', { id: invoice() })).isError).toBe(false);
        expect(session.questions).toEqual([]);
      },
      env,
    );
  });

  it('is asked before an action with an unknown verb', async () => {
    at.other.set({ shape: { actions: { ...ODD_SHAPE.actions, issue: ['POST', 'obliterate'] } } });
    await at.login();
    await using(kind, says('decline'), async (session) => {
      const { text } = await session.call('lucanto_obliterate_invoice', { id: invoice() });
      expect(text).toContain('"error":"declined"');
      expect(session.questions[0]).toMatch(
        /^Obliterate invoice FAK2026-0001 [\s\S]*Whether this can be undone is not known/,
      );
    });
  });

  it('is asked about a tool that only the remote endpoint has, with its arguments', async () => {
    const session = sessionOf(says('accept'));
    const { isError } = await session.call('lucanto_reconcile_payments', { strategy: 'fuzzy' });
    expect(isError).toBe(false);
    expect(session.questions[0]).toMatch(/^Reconcile payments\?\n- strategy: "fuzzy"\nCompany: /);
  });
});

const never = new AbortController().signal;

describe('A question that is not answered', () => {
  const LUCANTO_TIMEOUT = '2';

  it('is withdrawn at the time limit, and nothing is done', async () => {
    let takenBack = false;
    const person: Person = (question, signal) => {
      signal.addEventListener('abort', () => {
        takenBack = true;
      });
      return isSilent(question, signal);
    };
    await using(
      '2025-11-25',
      person,
      async (session) => {
        const { isError, text } = await session.call('lucanto_delete_invoice', { id: invoice() });
        expect([isError, text]).toEqual([true, expect.stringContaining('"error":"no_answer"')]);
        expect(takenBack).toBe(true);
        expect(session.progress).toContain('Waiting for the user to answer a question');
        expect(writes()).toEqual([]);
      },
      { LUCANTO_TIMEOUT },
    );
  });

  it('is withdrawn when the client cancels its call', async () => {
    const calling = new AbortController();
    let takenBack: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => {
      takenBack = resolve;
    });
    const person: Person = (question, signal) => {
      signal.addEventListener('abort', takenBack, { once: true });
      setTimeout(() => calling.abort(), 100);
      return isSilent(question, signal);
    };
    await using('2025-11-25', person, async (session) => {
      await expect(session.call('lucanto_delete_invoice', { id: invoice() }, calling.signal)).rejects.toThrow();
      await seen;
      await session.call('lucanto_list_workspaces');
      expect(writes()).toEqual([]);
    });
  });
});
