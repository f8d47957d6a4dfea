import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/core/errors.ts';
import { proxyFor } from '../../src/http/proxy.ts';

const SERVICE = 'https://app.lucanto.eu';
const PROXY = 'http://proxy.example:3128';

describe('The proxy of the environment', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    [SERVICE, {}, undefined],
    [SERVICE, { HTTPS_PROXY: '' }, undefined],
    [SERVICE, { HTTPS_PROXY: PROXY }, 'proxy.example:3128 of HTTPS_PROXY'],
    [SERVICE, { HTTPS_PROXY: 'proxy.example:3128' }, 'proxy.example:3128 of HTTPS_PROXY'],
    [SERVICE, { HTTPS_PROXY: 'http://proxy.example' }, 'proxy.example:80 of HTTPS_PROXY'],
    [SERVICE, { HTTPS_PROXY: 'https://proxy.example' }, 'proxy.example:443 of HTTPS_PROXY'],
    [SERVICE, { HTTPS_PROXY: 'http://other', https_proxy: PROXY }, 'proxy.example:3128 of https_proxy'],
    [SERVICE, { HTTPS_PROXY: 'http://eva:secret@proxy.example:3128' }, 'proxy.example:3128 of HTTPS_PROXY'],
    [SERVICE, { HTTP_PROXY: PROXY }, 'proxy.example:3128 of HTTP_PROXY'],
    [SERVICE, { HTTP_PROXY: 'http://other', HTTPS_PROXY: PROXY }, 'proxy.example:3128 of HTTPS_PROXY'],
    ['http://127.0.0.1:4010', { HTTPS_PROXY: 'http://127.0.0.1:3128' }, undefined],
    ['http://127.0.0.1:4010', { HTTP_PROXY: PROXY }, undefined],
    ['https://localhost:4010', { HTTPS_PROXY: PROXY }, undefined],
    ['http://127.0.0.1:4010', { HTTP_PROXY: 'http://localhost:3128' }, 'localhost:3128 of HTTP_PROXY'],
  ])('for %s with %j is %s', (origin, env, expected) => {
    const proxy = proxyFor(origin, env);
    expect(proxy === null ? undefined : `${proxy.host} of ${proxy.variable}`).toBe(expected);
  });

  it.each([
    ['app.lucanto.eu', true],
    ['APP.Lucanto.EU', true],
    ['lucanto.eu', true],
    ['.lucanto.eu', true],
    ['*.lucanto.eu', true],
    ['other.example, lucanto.eu:443', true],
    ['other.example lucanto.eu', true],
    ['*', true],
    ['lucanto.eu:8443', false],
    ['canto.eu', false],
    ['app.lucanto.eu.example', false],
    ['10.0.0.0/8', false],
    [',', false],
  ])('is bypassed with NO_PROXY=%s: %s', (exceptions, passedBy) => {
    for (const variable of ['NO_PROXY', 'no_proxy']) {
      expect(proxyFor(SERVICE, { HTTPS_PROXY: PROXY, [variable]: exceptions }) === null).toBe(passedBy);
    }
  });

  it.each([
    ['https://10.1.2.3', '10.0.0.0/8', true],
    ['https://11.1.2.3', '10.0.0.0/8', false],
    ['https://10.1.2.3', '10.0.0.0/99', false],
    ['https://10.1.2.3:8443', '10.1.2.3:8443', true],
    ['https://[2001:db8::1]', '2001:db8::1', true],
    ['https://[2001:db8::1]:8443', '[2001:db8::1]:8443', true],
    ['https://[2001:db8::1]', '2001:db8::/32', true],
  ])('compares addresses, not their spelling: %s and NO_PROXY=%s', (origin, exceptions, passedBy) => {
    expect(proxyFor(origin, { HTTPS_PROXY: PROXY, NO_PROXY: exceptions }) === null).toBe(passedBy);
  });

  it.each(['socks5://eva:secret@proxy.example', 'http://', 'http://eva:secret@', 'ht!tp://secret'])(
    'is refused without repeating it: %s',
    (address) => {
      const refusal = () => proxyFor(SERVICE, { HTTPS_PROXY: address });
      expect(refusal).toThrow(UsageError);
      expect(refusal).toThrow('HTTPS_PROXY does not name a proxy that can be used');
      expect(refusal).not.toThrow('secret');
    },
  );
});
