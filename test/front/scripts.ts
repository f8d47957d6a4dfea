/** Openings of connections: ordinary ones of every protocol version, and everything that may be wrong with them. */

const VERSIONS = ['2024-10-07', '2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
const LISTS = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'];
const CLIENT = { name: 'host', version: '1.2.3' };
const INITIALIZED = '{"jsonrpc":"2.0","method":"notifications/initialized"}';

let next = 0;

export function request(method: string, params?: unknown, id: unknown = ++next): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, ...(params !== undefined && { params }) });
}

export function initialize(more: object = {}, version = '2025-06-18'): string {
  return request('initialize', { protocolVersion: version, capabilities: {}, clientInfo: CLIENT, ...more });
}

function envelope(more: object = {}): object {
  return {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': CLIENT,
      'io.modelcontextprotocol/clientCapabilities': {},
      ...more,
    },
  };
}

export function modern(method: string, more: object = {}): string {
  return request(method, envelope(more));
}

const lists = () => LISTS.map((method) => request(method));
const greeted = (...lines: string[]) => [initialize(), INITIALIZED, ...lines];

/** Capabilities as hosts declare them, and as none should. */
const CAPABILITIES: readonly unknown[] = [
  { roots: { listChanged: true }, sampling: {}, elicitation: {} },
  { elicitation: { form: { applyDefaults: true }, url: {} }, sampling: { tools: {}, context: {} } },
  { experimental: { a: {} }, extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html'] } } },
  { tasks: { list: {} } },
  { unknown: 7 },
  { roots: true },
  { roots: { listChanged: 'yes' } },
  { sampling: [] },
  { elicitation: { form: { applyDefaults: 'yes' } } },
  { elicitation: { form: 1 } },
  { elicitation: [] },
  { experimental: { a: 1 } },
  { extensions: [] },
  { roots: null },
  null,
  'none',
];

const CLIENTS: readonly unknown[] = [
  { ...CLIENT, title: 'A host', websiteUrl: 'https://example.com', description: 'It hosts' },
  { ...CLIENT, icons: [{ src: 'https://example.com/icon.png' }] },
  { name: 'host' },
  { ...CLIENT, title: 7 },
  { ...CLIENT, more: 1 },
  'host',
  { name: 'Žltý kôň \u{1f40e}', version: '' },
];

const IDS = [0, -1, 7.5, 1e3, 2 ** 53 - 1, '', 'ü"\\', 'x'.repeat(300), null, true, {}, []];

/** By name: the lines of one connection. */
export const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    VERSIONS.map((version) => [version, [initialize({}, version), INITIALIZED, ...lists(), request('ping')]]),
  ),
  ...Object.fromEntries(
    CAPABILITIES.flatMap((capabilities) => [
      [`capabilities ${JSON.stringify(capabilities)}`, [initialize({ capabilities }), INITIALIZED, ...lists()]],
      [
        `modern capabilities ${JSON.stringify(capabilities)}`,
        [
          modern('server/discover', { 'io.modelcontextprotocol/clientCapabilities': capabilities }),
          modern('tools/list', { 'io.modelcontextprotocol/clientCapabilities': capabilities }),
        ],
      ],
    ]),
  ),
  ...Object.fromEntries(
    CLIENTS.flatMap((clientInfo) => [
      [`client ${JSON.stringify(clientInfo)}`, [initialize({ clientInfo }), INITIALIZED, ...lists()]],
      [
        `modern client ${JSON.stringify(clientInfo)}`,
        [modern('tools/list', { 'io.modelcontextprotocol/clientInfo': clientInfo })],
      ],
    ]),
  ),
  ...Object.fromEntries(
    IDS.map((id) => [
      `id ${JSON.stringify(id).slice(0, 40)}`,
      greeted(request('tools/list', undefined, id), request('ping')),
    ]),
  ),
  'a version that is not known': [initialize({}, '2030-01-01'), INITIALIZED, ...lists()],
  'an old version that is not known': [initialize({}, '2024-01-01'), INITIALIZED, ...lists()],
  'initialize with more parameters': [initialize({ _meta: { progressToken: 1 } }), ...lists()],
  'initialize with unknown parameters': [initialize({ more: 1 }), ...lists()],
  'initialize without parameters': [request('initialize'), ...lists()],
  'initialize twice': greeted(initialize({}, '2025-11-25'), ...lists()),
  'lists before initialize': [...lists(), initialize(), INITIALIZED, ...lists()],
  'lists before initialized': [initialize(), ...lists(), INITIALIZED, request('ping')],
  'ping first': [request('ping'), initialize(), request('tools/list')],
  'initialized first': [INITIALIZED, initialize(), request('tools/list')],
  'initialized with parameters': [
    initialize(),
    '{"jsonrpc":"2.0","method":"notifications/initialized","params":{"_meta":{"a":1}}}',
    ...lists(),
  ],
  'an extra member at the top': greeted('{"jsonrpc":"2.0","id":901,"method":"tools/list","extra":1}'),
  'another JSON-RPC': greeted('{"jsonrpc":"1.0","id":902,"method":"tools/list"}'),
  'no JSON-RPC': greeted('{"id":903,"method":"tools/list"}'),
  'a cursor': greeted(request('tools/list', { cursor: 'x' }), request('tools/list', { cursor: 7 })),
  'empty parameters': greeted(...LISTS.map((method) => request(method, {}))),
  'parameters that are null': greeted(...LISTS.map((method) => request(method, null))),
  'parameters that are a list': greeted(request('tools/list', []), request('ping', [])),
  'a progress token': greeted(
    ...[1, 'a', 1.5, null, {}].map((progressToken) => request('tools/list', { _meta: { progressToken } })),
  ),
  'other metadata': greeted(request('tools/list', { _meta: { a: 1 } }), request('ping', { _meta: {} })),
  'a modern envelope in a legacy connection': greeted(modern('tools/list'), modern('server/discover')),
  'the same id twice': greeted(request('tools/list', undefined, 'a'), request('ping', undefined, 'a')),
  'the id of initialize again': [
    request('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: CLIENT }, 1),
    request('tools/list', undefined, 1),
  ],
  'ids 1 and "1"': greeted(
    request('ping', undefined, '1'),
    request('ping', undefined, 1),
    request('tools/list', undefined, 1),
  ),
  'a cancellation after each answer': greeted(
    request('tools/list', undefined, 'list'),
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"list","reason":"done"}}',
    request('prompts/list'),
    request('what/ever'),
  ),
  'a cancellation of nothing': greeted(
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"none"}}',
    ...lists(),
  ),
  'other notifications': greeted('{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}', ...lists()),
  'an answer that nobody asked for': greeted('{"jsonrpc":"2.0","id":1,"result":{}}', ...lists()),
  'an unknown method': greeted(request('what/ever'), ...lists()),
  'an unknown method first': [request('what/ever'), ...greeted(...lists())],
  'text that is not JSON': ['hello', ...greeted('{', ...lists())],
  'numbers of many digits': greeted('{"jsonrpc":"2.0","id":12345678901234567890,"method":"ping"}', ...lists()),
  'a member twice': greeted('{"jsonrpc":"2.0","id":904,"id":905,"method":"tools/list"}'),
  'a prototype': greeted('{"jsonrpc":"2.0","id":906,"method":"tools/list","params":{"__proto__":{"cursor":"x"}}}'),
  'escapes in texts': greeted(
    '{"jsonrpc":"2.0","id":"\\u0041\\ud83d","method":"ping"}',
    '{"jsonrpc":"2.0","id":907,"method":"tools\\u002flist"}',
  ),
  'empty lines and spaces': ['', '  ', ...greeted(' {"jsonrpc": "2.0", "id": 908, "method": "tools/list" } ', '\r')],
  'a byte order mark': [`\ufeff${initialize()}`, INITIALIZED, ...lists()],
  'a batch of lists': greeted(`[${lists().join(',')}]`, request('ping')),
  'a batch at the beginning': [`[${initialize()},${INITIALIZED}]`, ...lists()],
  'an empty batch': greeted('[]', ...lists()),
  'a long line': greeted(request('tools/list', { _meta: { progressToken: 'x'.repeat(40_000) } }), ...lists()),
  'a call': greeted(...lists(), request('tools/call', { name: 'lucanto_list_workspaces' }), ...lists()),
  'a call of nothing': greeted(request('tools/call', { name: 'lucanto_fly' }), ...lists()),
  'a prompt and a completion': greeted(
    request('prompts/list'),
    request('prompts/get', { name: 'review_drafts' }),
    request('completion/complete', {
      ref: { type: 'ref/prompt', name: 'month_end_overview' },
      argument: { name: 'month', value: '' },
    }),
  ),
  'thirty lists at once': greeted(...Array.from({ length: 8 }, lists).flat()),
  discover: [modern('server/discover')],
  'discover, then lists': [modern('server/discover'), ...LISTS.map((method) => modern(method))],
  'discover twice': [modern('server/discover'), modern('server/discover'), modern('tools/list')],
  'a modern list first': LISTS.map((method) => modern(method)),
  'discover after a list': [modern('tools/list'), modern('server/discover'), modern('tools/list')],
  'discover, then initialize': [modern('server/discover'), initialize(), INITIALIZED, ...lists()],
  'a modern list, then initialize': [modern('tools/list'), initialize(), ...lists(), modern('tools/list')],
  'a modern list, then a legacy one': [modern('tools/list'), ...lists(), modern('tools/list')],
  'a modern ping': [modern('tools/list'), modern('ping'), modern('tools/list')],
  'a modern call': [
    modern('server/discover'),
    modern('tools/list'),
    request('tools/call', { ...envelope(), name: 'lucanto_list_workspaces', arguments: {} }),
    modern('prompts/list'),
  ],
  'a subscription': [
    modern('server/discover'),
    modern('tools/list'),
    request('subscriptions/listen', { ...envelope(), notifications: { toolsListChanged: true } }),
    modern('prompts/list'),
  ],
  'subscriptions of every kind': [
    modern('server/discover'),
    modern('tools/list'),
    ...[
      { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true },
      { resourcesListChanged: true, toolsListChanged: true },
      { toolsListChanged: false },
      { toolsListChanged: 'yes' },
      { toolsListChanged: true, resourceSubscriptions: ['lucanto://workspaces'] },
      {},
      null,
    ].map((notifications) => request('subscriptions/listen', { ...envelope(), notifications })),
    modern('prompts/list'),
  ],
  'a subscription first': [
    request('subscriptions/listen', { ...envelope(), notifications: { toolsListChanged: true } }),
    modern('tools/list'),
  ],
  'a subscription, then a call': [
    modern('server/discover'),
    request('subscriptions/listen', { ...envelope(), notifications: { toolsListChanged: true } }),
    request('tools/call', { ...envelope(), name: 'lucanto_list_workspaces', arguments: {} }),
  ],
  'a subscription with more': [
    request('subscriptions/listen', { ...envelope(), notifications: { toolsListChanged: true }, more: 1 }),
    modern('tools/list'),
  ],
  'a legacy subscription': greeted(request('subscriptions/listen', { notifications: { toolsListChanged: true } })),
  'discover without an envelope': [request('server/discover', {}), ...greeted(...lists())],
  'discover of another revision': [
    modern('server/discover', { 'io.modelcontextprotocol/protocolVersion': '2027-01-01' }),
    ...greeted(...lists()),
  ],
  'an envelope without capabilities': [
    request('tools/list', { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } }),
    modern('tools/list'),
  ],
  'an envelope without a client': [
    request('tools/list', {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    }),
  ],
  'an envelope with a log level': [modern('tools/list', { 'io.modelcontextprotocol/logLevel': 'debug' })],
  'an envelope with a wrong log level': [modern('tools/list', { 'io.modelcontextprotocol/logLevel': 'loud' })],
  'an envelope with what is not of the protocol': [
    modern('server/discover', { 'com.example/session': { id: 1 }, traceparent: '00-0-0-00' }),
    modern('tools/list', { 'com.example/session': null, progressToken: 'p' }),
  ],
  'an envelope with an unknown member of the protocol': [modern('tools/list', { 'io.modelcontextprotocol/new': 1 })],
  'a wrong progress token': [modern('tools/list', { progressToken: {} }), modern('tools/list', { progressToken: 1.5 })],
  'modern parameters': [
    request('tools/list', { ...envelope(), cursor: 'x' }),
    request('server/discover', { ...envelope(), more: 1 }),
  ],
  'a modern notification': [
    modern('server/discover'),
    JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { ...envelope(), requestId: 1 } }),
    modern('tools/list'),
  ],
};
