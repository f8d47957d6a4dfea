/** What users have in their files, in the format of each client. */
import type { Client } from '../../src/setup/client.ts';

export interface Fixture {
  readonly title: string;
  /** Null: there is no file. */
  text(client: Client): string | null;
  readonly outcome: 'changed' | 'failed';
  /** Whether taking our entry out again gives the same bytes. */
  readonly restores: boolean;
}

const eol = (text: string, to: string) => text.replaceAll('\n', to);

function json({ container }: Client, ours = ''): string {
  return `{
  "theme": "dark",
  "${container}": {
    "files": {
      "command": "npx",
      "args": ["-y", "files-server", "/home/anna"]
    }${ours}
  },
  "zoom": 1.0
}
`;
}

function toml({ container, isList }: Client, ours = ''): string {
  return `model = "o3" # mine
notify = [ "say",
  "done" ]

${isList ? `[[${container}]]\nname = "files"` : `[${container}.files]`}
command = "npx"
args = ["-y", "files-server"]
${ours}
[profiles.fast]
since = 2026-01-01T00:00:00Z
text = """
[${container}.lucanto]
"""
`;
}

function yaml({ container, isList }: Client, ours = ''): string {
  return `# top
GOOSE_MODEL: "o3"   # mine
${container}:
${isList ? '- name: files' : '  files:'}
${isList ? '' : '  '}  cmd: npx
${isList ? '' : '  '}  command: npx
${isList ? '' : '  '}  args:
      - "-y"   # yes
      - files-server
${ours}notes: |
  ${container}:
    lucanto:
zoom: 1.0
`;
}

/** One entry of ours, in lines that the client reads. */
function entryLines({ format, container, isList }: Client, members: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(members).map(([key, value]): [string, string] => [key, JSON.stringify(value)]);
  if (format === 'toml') {
    const head = isList ? `[[${container}]]\nname = "lucanto"` : `[${container}.lucanto]`;
    const tables = Object.entries(members).filter(([, value]) => typeof value === 'object' && !Array.isArray(value));
    const own = lines.filter(([key]) => !tables.some(([name]) => name === key));
    const below = tables.map(
      ([key, value]) =>
        `\n[${container}.${isList ? key : `lucanto.${key}`}]\n${Object.entries(value ?? {})
          .map(([name, text]) => `${name} = ${JSON.stringify(text)}\n`)
          .join('')}`,
    );
    return `\n${head}\n${own.map(([key, value]) => `${key} = ${value}\n`).join('')}${below.join('')}`;
  }
  if (format === 'yaml') {
    const head = isList ? '- name: "lucanto"' : '  lucanto:';
    return `${head}\n${lines.map(([key, value]) => `${isList ? '' : '  '}  ${key}: ${value}\n`).join('')}`;
  }
  return `,\n    "lucanto": { ${lines.map(([key, value]) => `"${key}": ${value}`).join(', ')} }`;
}

function withServers(client: Client, ours?: string): string {
  if (client.format === 'toml') return toml(client, ours);
  return client.format === 'yaml' ? yaml(client, ours) : json(client, ours);
}

const others = (client: Client) => withServers(client);

const notices = (client: Client) => {
  if (client.format === 'toml') return `# top\n${toml(client)}# bottom`;
  if (client.format === 'yaml') return `${yaml(client)}# bottom`;
  return `// top\n{\n\t// servers\n\t"${client.container}": {\n\t\t"files": {"command": "a"} // that one\n\t\t// none more\n\t}, /* end */\n\t"x": [1,2,  3]\n}`;
};

const npxEntry = (client: Client) => {
  const words = ['npx', '-y', 'lucanto-mcp@0', '--read-only'];
  const program = client.id === 'goose' ? { cmd: 'npx' } : { command: 'npx' };
  const written = client.id === 'opencode' ? { command: words } : { ...program, args: words.slice(1) };
  return withServers(client, entryLines(client, written));
};

const urlEntry = (client: Client) => {
  const url = 'https://app.lucanto.eu/api/mcp/v1';
  const headers = { Authorization: `Bearer ${TOKEN}` };
  return withServers(
    client,
    entryLines(client, { url, [client.format === 'toml' ? 'http_headers' : 'headers']: headers }),
  );
};

const noServers = ({ format }: Client) => {
  if (format === 'toml') return 'model = "o3"';
  return format === 'yaml' ? 'model: o3 # mine' : '{\n    "theme": "dark"\n}';
};

const empty = ({ format }: Client) => {
  if (format === 'toml') return '\n';
  return format === 'yaml' ? '# nothing yet\n' : '{}';
};

const broken = (client: Client) => {
  if (client.format === 'yaml') return `${others(client)}bad: [unclosed\n`;
  return others(client)
    .slice(0, -30)
    .replace(/"""[^"]*$/, '"""');
};

export const TOKEN = 'lct_pat_0123456789abcdefghijklmnop';

export const FIXTURES: readonly Fixture[] = [
  { title: 'no file', text: () => null, outcome: 'changed', restores: true },
  { title: 'empty file', text: () => '', outcome: 'changed', restores: true },
  {
    title: 'empty object',
    text: empty,
    outcome: 'changed',
    restores: true,
  },
  { title: 'other servers', text: others, outcome: 'changed', restores: true },
  {
    title: 'no servers yet',
    text: noServers,
    outcome: 'changed',
    restores: true,
  },
  { title: 'comments', text: notices, outcome: 'changed', restores: true },
  {
    title: 'BOM and CRLF',
    text: (client) => `\uFEFF${eol(others(client), '\r\n')}`,
    outcome: 'changed',
    restores: true,
  },
  {
    title: 'broken',
    text: broken,
    outcome: 'failed',
    restores: true,
  },
  { title: 'older entry (npx)', text: npxEntry, outcome: 'changed', restores: false },
  { title: 'url entry with a token', text: urlEntry, outcome: 'changed', restores: false },
];
