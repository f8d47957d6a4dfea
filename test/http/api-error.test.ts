import { describe, expect, it } from 'vitest';
import { ApiError, AuthError } from '../../src/core/errors.ts';
import { apiError, type ErrorSubject, readErrorBody } from '../../src/http/api-error.ts';
import type { HttpAnswer } from '../../src/http/request.ts';

const SUBJECT: ErrorSubject = {
  what: 'lucanto_issue_invoice',
  retry: 'read',
  scopes: ['manage:invoices'],
  listTool: 'lucanto_list_invoices',
};

function answer(status: number, body: unknown, over: Partial<HttpAnswer> = {}): HttpAnswer {
  return {
    status,
    headers: new Headers(),
    text: typeof body === 'string' ? body : JSON.stringify(body),
    requestId: null,
    url: 'https://app.lucanto.eu/api/v1/x',
    attempts: 1,
    earlierOpen: false,
    retryAfterSeconds: null,
    ...over,
  };
}

describe('An error of the service', () => {
  it('keeps every field of the envelope', () => {
    const error = apiError(
      answer(422, {
        error: 'unprocessable_entity',
        message: 'Validation failed',
        request_id: 'req-9',
        docs_url: 'https://docs.lucanto.eu/api/v1/errors/unprocessable_entity',
        errors: ['Iban is invalid'],
      }),
      SUBJECT,
    );
    expect(error).toBeInstanceOf(ApiError);
    expect(error.message).toBe(
      'https://app.lucanto.eu answered lucanto_issue_invoice with 422 unprocessable_entity: Validation failed.',
    );
    expect(error.code).toBe('unprocessable_entity');
    expect(error.details).toEqual({
      status: 422,
      requestId: 'req-9',
      errors: ['Iban is invalid'],
      docsUrl: 'https://docs.lucanto.eu/api/v1/errors/unprocessable_entity',
    });
  });

  it.each<[number, string, string]>([
    [400, 'bad_request', 'Check the arguments'],
    [401, 'unauthenticated', 'https://app.lucanto.eu/settings/api_keys'],
    [402, 'subscription_required', 'plan'],
    [403, 'forbidden', 'manage:invoices'],
    [404, 'not_found', 'lucanto_list_invoices'],
    [409, 'conflict', 'current state'],
    [409, 'idempotency_key_conflict', 'fault of lucanto-mcp'],
    [409, 'idempotency_in_progress', 'still being processed'],
    [422, 'unprocessable_entity', 'Correct'],
    [429, 'rate_limited', 'Wait'],
    [429, 'feature_limit_exceeded', 'plan'],
    [500, 'internal_server_error', 'try again'],
  ])('with status %i and code %s has a hint that names the next step', (status, code, words) => {
    const error = apiError(answer(status, { error: code, message: 'x' }), SUBJECT);
    expect(error.code).toBe(code);
    expect(error.hint).toContain(words);
  });

  it('with status 401 is an AuthError with exit code 3', () => {
    const error = apiError(answer(401, {}), SUBJECT);
    expect(error).toBeInstanceOf(AuthError);
    expect(error.exitCode).toBe(3);
    expect(error.hint).toContain('lucanto-mcp login');
  });

  it('names the address for changing the plan, and the time to try again', () => {
    expect(
      apiError(answer(402, { error: 'subscription_required', upgrade_url: 'https://app.lucanto.eu/plan' }), SUBJECT)
        .hint,
    ).toContain('https://app.lucanto.eu/plan');
    expect(apiError(answer(429, {}, { retryAfterSeconds: 17 }), SUBJECT)).toMatchObject({
      hint: expect.stringContaining('17 seconds'),
      details: { retryAfterSeconds: 17 },
    });
  });

  it('leaves the outcome of a write unknown after 5xx, and after a refusal that follows a lost attempt', () => {
    const write: ErrorSubject = { ...SUBJECT, retry: 'keyed' };
    for (const status of [500, 502, 503, 504]) {
      expect(apiError(answer(status, ''), write)).toMatchObject({
        details: { outcome: 'unknown' },
        hint: expect.stringContaining('lucanto_list_invoices'),
      });
    }
    expect(apiError(answer(401, {}, { earlierOpen: true }), write).details.outcome).toBe('unknown');
    expect(apiError(answer(304, ''), write).details.outcome).toBe('unknown');
    expect(apiError(answer(422, {}, { earlierOpen: true }), write).details.outcome).toBeUndefined();
    expect(apiError(answer(429, {}), write).details.outcome).toBeUndefined();
    expect(apiError(answer(500, ''), SUBJECT).details.outcome).toBeUndefined();
  });
});

describe('An error body that is not an envelope', () => {
  it.each<[string, string, string]>([
    [
      'HTML',
      '<html><body><h1>502 Bad Gateway</h1><script>x</script></body></html>',
      '502: bad gateway, without further explanation.',
    ],
    ['nothing', '', '502: bad gateway, without further explanation.'],
    ['cut JSON', '{"error":"forbi', '502: bad gateway, without further explanation.'],
    ['a list', '[1]', '502: bad gateway, without further explanation.'],
    [
      'an error object',
      '{"error":{"code":"upstream","message":"Upstream is gone"}}',
      '502 upstream: Upstream is gone.',
    ],
    [
      'problem+json',
      '{"type":"about:blank","title":"Gone away","detail":"The host is gone","status":502}',
      '502: The host is gone.',
    ],
    ['Rails', '{"status":502,"error":"Bad Gateway"}', '502: Bad Gateway.'],
    ['only errors', '{"errors":["Name is missing"]}', '502: bad gateway.'],
    ['markup in the message', '{"message":"<b>no</b>"}', '502: bad gateway, without further explanation.'],
  ])('becomes a clear sentence: %s', (_name, body, end) => {
    const error = apiError(answer(502, body), SUBJECT);
    expect(error.message).toBe(`https://app.lucanto.eu answered lucanto_issue_invoice with ${end}`);
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain('<');
  });
});

describe('Validation errors of the service', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['strings', ["Due date can't be blank"], ["Due date can't be blank"]],
    ['field and message', [{ field: 'iban', message: 'is invalid' }], ['iban: is invalid']],
    ['a field that the message names', [{ field: 'iban', message: 'IBAN is invalid' }], ['IBAN is invalid']],
    [
      'JSON:API',
      [{ source: { pointer: '/data/attributes/iban' }, detail: 'is invalid' }],
      ['data.attributes.iban: is invalid'],
    ],
    ['a path', [{ loc: ['items', 0, 'quantity'], msg: 'must be positive' }], ['items.0.quantity: must be positive']],
    [
      'Rails',
      { iban: ['is invalid', 'is taken'], base: ['Plan exceeded'] },
      ['iban: is invalid', 'iban: is taken', 'Plan exceeded'],
    ],
    ['a field alone', [{ field: 'iban' }], ['iban: is invalid']],
    ['anything', [{ x: 1 }, null, 4], ['{"x":1}', '4']],
  ])('become one sentence each: %s', (_name, errors, sentences) => {
    expect(readErrorBody(JSON.stringify({ error: 'unprocessable_entity', errors })).errors).toEqual(sentences);
  });
});
