/**
 * Real hosts, connected by `lucanto-mcp setup`, call our tools for a model that plays a script. Nothing leaves this
 * computer: the model is a mock on loopback, Lucanto is the demo, and everything else is refused by a proxy.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isJsonObject, parseJson } from '../../src/core/json.ts';
import { factsOf, namesTold, writeFacts } from './facts.ts';
import { HOSTS, type Host } from './hosts.ts';
import { CLIENT_IDS, type InstalledClient, installedClient } from './installed.ts';
import { isOurs, type Step, stepId } from './mock-model/conversation.ts';
import { type OfferedTool, objectsIn, textIn } from './mock-model/dialect.ts';
import type { Asked } from './mock-model/server.ts';
import { type HostRun, openSession, type Session } from './session.ts';
import { callsIn, dialogAnswers, errorsIn, toolsIn } from './wire.ts';

const CLOSING = 'That is what the script had to say.';
const NO_SUCH_ID = '999999999';
const LIST = 'lucanto_list_workspaces';
interface Draft {
  readonly workspace_id: string;
  readonly id: string;
}

const NEW_CONTACT = { name: 'Nordwind Spedition KG' };

it('at least one of the hosts is installed', () => {
  expect(CLIENT_IDS.map(installedClient).filter((client) => typeof client !== 'string')).not.toEqual([]);
});

for (const id of CLIENT_IDS) {
  const client = installedClient(id);
  const host = HOSTS[id];
  if (host === undefined) throw new Error(`test/clients/hosts.ts does not say how ${id} is run`);
  if (typeof client === 'string') it.skip(`${host.title} did not run: ${client}`, () => expect.unreachable());
  else describe(`${host.title} ${client.version}`, () => hostTests(id, host, client));
}

function hostTests(id: string, host: Host, client: InstalledClient): void {
  let session: Session;
  let workspace: { readonly id: string; readonly name: string };
  let listing: HostRun;
  let calling: HostRun;
  let writing: HostRun;
  const answered = new Map<string, HostRun>();
  let drafts: readonly Draft[];
  let steps: readonly Step[];
  const asTold = (text: string) => (host.flattens === true ? JSON.stringify(text).slice(1, -1) : text);

  beforeAll(async () => {
    session = await openSession(id, host, client);
    const workspaces = await session.demo.get('/user/workspaces');
    workspace = workspaceIn(workspaces);
    listing = await session.play([{ tool: LIST, args: {} }], CLOSING);
    steps = [
      { tool: 'lucanto_list_invoices', args: { workspace_id: workspace.id, limit: 2 } },
      { tool: 'lucanto_get_invoice', args: { workspace_id: workspace.id, id: NO_SUCH_ID } },
    ];
    calling = await session.play(steps, CLOSING);
    const found = objectsIn(workspaces).map(async (row) => {
      const list = await session.demo.get(`/workspaces/${row.id}/invoices?status=draft`);
      return objectsIn(isJsonObject(list) ? list.data : null).map(({ id: draft }) => ({
        workspace_id: String(row.id),
        id: String(draft),
      }));
    });
    drafts = (await Promise.all(found)).flat();
    const create = { tool: 'lucanto_create_contact', args: { workspace_id: workspace.id, ...NEW_CONTACT } };
    writing = await session.play([create, deletionOf(drafts[0])], CLOSING);
    for (const [at, [answer, further]] of Object.entries(host.answers).entries())
      answered.set(answer, await session.play([deletionOf(drafts[at + 1])], CLOSING, further));
    if (answered.size > 0) return;
    // Where there is no dialog, a preview takes its place, and what a person does not confirm is not done.
    await session.connect('--confirm', 'always');
    answered.set('preview', await session.play([deletionOf(drafts[1])], CLOSING));
  });

  const deletionOf = (draft: Draft | undefined): Step => ({ tool: 'lucanto_delete_invoice', args: { ...draft } });
  const isThere = (draft: Draft | undefined) =>
    session.demo.get(`/workspaces/${draft?.workspace_id}/invoices/${draft?.id}`).then(
      () => true,
      () => false,
    );

  /** What became of the delete, in the order of who could refuse it. */
  const deletion = () => {
    const isSent = callsIn(writing.wires).some(({ tool }) => tool === 'lucanto_delete_invoice');
    const [answer] = dialogAnswers(writing.wires);
    if (!isSent) return 'refused by the host';
    return answer === undefined ? 'done without a dialog' : `put to its user: ${answer}`;
  };

  afterAll(async () => {
    await writeFacts(id, [
      `${host.title} ${client.version}`,
      ...factsOf(host, listing, session.refused),
      `  a delete         ${deletion()}`,
      `  answers tried    ${[...answered.keys()].join(', ')}`,
    ]);
    await session.close();
  });

  it('is connected by setup', () => {
    expect(session.setup).toMatchObject({ code: 0, stdout: expect.stringMatching(/^connected\s/m) });
  });

  it('ends both conversations with what the model said last', () => {
    for (const run of [listing, calling, writing]) {
      expect(run, run.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining(CLOSING) });
    }
  });

  it('starts the bridge and gets no protocol error from it', () => {
    for (const { wires } of [listing, calling, writing]) {
      expect(wires.length).toBeGreaterThan(0);
      expect(errorsIn(wires)).toEqual([]);
    }
  });

  it('tells the model of every tool that the bridge lists', () => {
    const listed = toolsIn(listing.wires);
    const names = listed.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(40);
    expect(namesTold(host, conversation(listing)[0]?.body ?? '', listed)).toEqual(names);
  });

  it('gives the model descriptions as they are and schemas with everything that was in them', () => {
    const listed = toolsIn(calling.wires);
    const offered = offeredIn(calling);
    for (const { tool } of [...steps, { tool: LIST }]) {
      expect(offered.some(({ name }) => isOurs(name, tool))).toBe(true);
    }
    for (const own of listed) {
      for (const { description, schema } of offered.filter(({ name }) => isOurs(name, textIn(own.name)))) {
        expect(description).toBe(own.description);
        const told = host.flattens === true ? withoutFurther(own.inputSchema) : own.inputSchema;
        expect(schema).toMatchObject(isJsonObject(told) ? told : {});
      }
    }
  });

  it(`${host.tellsInstructions ? 'gives' : 'does not give'} the model the instructions`, () => {
    // Not toContain: it would print the whole request.
    const [first] = conversation(listing);
    expect(first?.body.includes('Documents are real and reach real recipients')).toBe(host.tellsInstructions);
  });

  it('gives the model the list of workspaces', () => {
    const outcome = outcomeOf(listing, 0);
    expect(outcome?.isError).not.toBe(true);
    expect(outcome?.text).toContain(workspace.name);
    for (const text of callsIn(listing.wires)[0]?.texts ?? ['no answer']) expect(outcome?.text).toContain(asTold(text));
  });

  it('passes arguments on, ids of 64 bits among them, and gives the model two invoices', () => {
    const [call] = callsIn(calling.wires);
    expect(call).toMatchObject({ tool: 'lucanto_list_invoices', args: { workspace_id: workspace.id, limit: 2 } });
    const [text = ''] = call?.texts ?? [];
    const answer = parseJson(text);
    expect(objectsIn(isJsonObject(answer) ? answer.data : null)).toHaveLength(2);
    expect(outcomeOf(calling, 0)?.text).toContain(asTold(text));
  });

  it('gives the model what a failed call says', () => {
    const [, call] = callsIn(calling.wires);
    expect(call).toMatchObject({ tool: 'lucanto_get_invoice', result: { isError: true } });
    const error = parseJson(call?.texts[0] ?? 'null');
    const { message, hint } = isJsonObject(error) ? error : {};
    const outcome = outcomeOf(calling, 1);
    if (host.dropsErrorMark !== true) expect(outcome?.isError).not.toBe(false);
    expect(textIn(message)).toContain('404');
    expect(outcome?.text).toContain(asTold(textIn(message)));
    expect(outcome?.text).toContain(asTold(textIn(hint)));
  });

  it('creates a contact once, and tells the model its id', async () => {
    const [call] = callsIn(writing.wires);
    expect(call?.result?.isError, call?.texts.join()).not.toBe(true);
    const all = await session.demo.get(`/workspaces/${workspace.id}/contacts?limit=100`);
    const made = objectsIn(isJsonObject(all) ? all.data : null).filter(({ name }) => name === NEW_CONTACT.name);
    expect(made).toHaveLength(1);
    expect(outcomeOf(writing, 0)?.text).toContain(String(made[0]?.id));
  });

  it('deletes a draft unless the host or its user refuses, and tells the model which it was', async () => {
    const isLeft = await isThere(drafts[0]);
    const answers = dialogAnswers(writing.wires);
    const call = callsIn(writing.wires).findLast(({ tool }) => tool === 'lucanto_delete_invoice');
    // A host with approvals of its own may not even send it.
    const isRefused = call === undefined || (answers.length > 0 && !answers.includes('accept'));
    expect(isLeft, answers.join()).toBe(isRefused);
    expect(call === undefined || (call.result?.isError === true) === isLeft, call?.texts.join()).toBe(true);
    for (const text of call?.texts ?? []) expect(outcomeOf(writing, 1)?.text).toContain(asTold(text));
  });

  const tried = Object.keys(host.answers);
  it.each(tried.length > 0 ? tried : ['preview'])(
    'does what a person answers, and tells the model: %s',
    async (answer) => {
      const run = answered.get(answer);
      const at = Math.max(0, tried.indexOf(answer)) + 1;
      if (run === undefined) throw new Error(`${answer} was not played`);
      expect(run, run.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining(CLOSING) });
      expect(dialogAnswers(run.wires)).toEqual(answer === 'preview' ? [] : [answer]);
      expect([answer, await isThere(drafts[at])]).toEqual([answer, answer !== 'accept']);
      const call = callsIn(run.wires).findLast(({ tool }) => tool === 'lucanto_delete_invoice');
      const [text = ''] = call?.texts ?? [];
      const told = { accept: /^\{"ok":true/, preview: /^\{"done":false,"preview"/ }[answer];
      expect(text).toMatch(told ?? /^\{"error":"declined.*was not carried out/);
      expect(outcomeOf(run, 0)?.text).toContain(asTold(text));
    },
  );

  it('never has the token: not in a request to the model, not in a file of its own', async () => {
    const sent = [listing, calling, writing, ...answered.values()].flatMap(({ asked }) => asked);
    expect(sent.length).toBeGreaterThan(0);
    const telling = sent.filter(({ body, headers }) => (body + JSON.stringify(headers)).includes(session.demo.token));
    expect(telling.map(({ path }) => path)).toEqual([]);
    const files = await session.files();
    const holding = [...files].filter(([, text]) => text.includes(session.demo.token)).map(([path]) => path);
    expect(holding).toEqual([expect.stringMatching(/lucanto-mcp.*profile-default\.json$/)]);
  });
}

/** The requests that are part of the conversation with the tools, without titles and the like. */
function conversation(run: HostRun): readonly Asked[] {
  return run.asked.filter(({ reply, turn }) => reply !== null && (turn?.offered.length ?? 0) > 0);
}

function offeredIn(run: HostRun): readonly OfferedTool[] {
  return run.asked.flatMap(({ turn }) => turn?.offered ?? []).filter(({ schema }) => schema !== null);
}

function withoutFurther(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutFurther);
  if (!isJsonObject(schema)) return schema;
  const kept = Object.entries(schema).filter(([name]) => name !== 'additionalProperties');
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutFurther(value)]));
}

function outcomeOf(run: HostRun, step: number) {
  return run.asked.at(-1)?.turn?.outcomes.find(({ callId }) => callId === stepId(step));
}

/** The one whose id no JavaScript number holds: a host that rounds it would not find it. */
function workspaceIn(answer: unknown): { readonly id: string; readonly name: string } {
  const found = objectsIn(answer).find(({ id }) => typeof id === 'bigint');
  if (found === undefined || typeof found.name !== 'string') throw new Error('The demo has no such workspace');
  return { id: String(found.id), name: found.name };
}
