/** Our Headers, Request and Response beside Node's own: what they are given, they must keep, refuse and send alike. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ours from '../../scripts/web-shims.ts';

const name = fc.oneof(
  fc.constantFrom('Accept', 'accept', 'X-Request-Id', 'Set-Cookie', 'content-type'),
  fc.string({ maxLength: 6, unit: 'binary' }),
);
const value = fc.oneof(
  fc.string({ maxLength: 12, unit: 'binary' }),
  fc.constantFrom('', ' a\t', '\r\nb', 'c\r\nd: e', 'f\rg', 'h\ni', 'j\0k', 'é', '€'),
);
const step = fc.tuple(fc.constantFrom('append', 'set', 'delete'), name, value);

type Step = [string, string, string];

/** What was kept and read, and which steps failed. */
function outcome(headers: Headers | ours.Headers, steps: readonly Step[]) {
  const failed = steps.map(([what, key, text]) => {
    try {
      if (what === 'delete') headers.delete(key);
      else if (what === 'set') headers.set(key, text);
      else headers.append(key, text);
      return false;
    } catch (error) {
      return error instanceof TypeError;
    }
  });
  return {
    failed,
    entries: [...headers.entries()],
    again: [...headers],
    get: headers.get('ACCEPT'),
    has: headers.has('Accept'),
  };
}

const isToken = ([, key]: Step) => /^[\w!#$%&'*+.^`|~-]+$/.test(key);

describe('headers', () => {
  it('keep, join, sort and refuse what those of Node do', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (all) => {
        // Cookies are for browsers, and deleting what no header is called is no mistake here.
        const steps = all.filter((one) => !/^set-cookie$/i.test(one[1]) && (one[0] !== 'delete' || isToken(one)));
        expect(outcome(new ours.Headers(), steps)).toEqual(outcome(new Headers(), steps));
      }),
      { numRuns: 2_000 },
    );
  });

  it('say in an error for which field, and not with which value, which may be a secret', () => {
    for (const value of ['Bearer lct_pat_1\n2', 'Bearer lct_pat_€']) {
      const make = () => new ours.Headers({ Authorization: value });
      expect(make).toThrow('Authorization');
      expect(make).not.toThrow('lct_pat');
    }
  });

  it('are made from others, from pairs and from an object', () => {
    const pairs: [string, string][] = [
      ['B', '1'],
      ['a', '2'],
      ['b', '3'],
    ];
    expect([...new ours.Headers(pairs)]).toEqual([...new Headers(pairs)]);
    expect([...new ours.Headers(new ours.Headers(pairs))]).toEqual([...new Headers(pairs)]);
    expect([...new ours.Headers({ B: '1', a: '2' })]).toEqual([...new Headers({ B: '1', a: '2' })]);
    expect([...new ours.Headers()]).toEqual([]);
  });
});

const BODIES = [null, '', 'Žižkov 50 €', new Uint8Array([0, 255, 10])] as const;

describe('a request', () => {
  it.each(BODIES.map((body) => [body]))(
    'with the body %j has the bytes that one of Node has, and so has its copy',
    async (body) => {
      const init = { method: 'POST', headers: { 'content-type': 'a/b' }, body };
      const [own, real] = [
        new ours.Request('http://[::1]:80/a b?c=ž', init),
        new Request('http://[::1]:80/a b?c=ž', init),
      ];
      expect([own.url, own.method, [...own.headers], own.body === null]).toEqual([
        ...[real.url, real.method, [...real.headers], real.body === null],
      ]);
      const bytes = new Uint8Array(await real.arrayBuffer());
      expect(new Uint8Array(await own.clone().arrayBuffer())).toEqual(bytes);
      expect(new Uint8Array(await own.arrayBuffer())).toEqual(bytes);
    },
  );

  it('with a stream gives it to itself and to its copy, whole', async () => {
    const chunks = [new Uint8Array([1, 2]), new Uint8Array([3])];
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
    const own = new ours.Request('http://localhost/', { method: 'POST', body });
    const copy = own.clone();
    expect(new Uint8Array(await own.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
    expect(new Uint8Array(await copy.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('is made from another one, with what is said anew', async () => {
    const { signal } = new AbortController();
    const first = new ours.Request('http://localhost/x', { method: 'PUT', headers: { a: '1' }, body: 'text', signal });
    const second = new ours.Request(first, { headers: { b: '2' } });
    expect([second.url, second.method, [...second.headers], second.signal]).toEqual([
      first.url,
      'PUT',
      [['b', '2']],
      signal,
    ]);
    expect(await second.text()).toBe('text');
  });

  it('is refused for what is no address', () => {
    expect(() => new ours.Request('/relative')).toThrow(TypeError);
  });
});

it.each([199, 200, 204, 299, 300, 404, 500])('an answer with status %i is ok as Node says', (status) => {
  const headers = new ours.Headers();
  expect(new ours.Response(null, { status, headers }).ok).toBe(
    status === 199 ? false : new Response(null, { status }).ok,
  );
});
