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

function toml({ container }: Client, ours = ''): string {
  return `model = "o3" # mine
notify = [ "say",
  "done" ]

[${container}.files]
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

const others = (client: Client) => (client.format === 'toml' ? toml(client) : json(client));

const notices = (client: Client) =>
  client.format === 'toml'
    ? `# top\n${toml(client)}# bottom`
    : `// top\n{\n\t// servers\n\t"${client.container}": {\n\t\t"files": {"command": "a"} // that one\n\t\t// none more\n\t}, /* end */\n\t"x": [1,2,  3]\n}`;

const npxEntry = (client: Client) =>
  client.format === 'toml'
    ? toml(client, `\n[${client.container}.lucanto]\ncommand = "npx"\nargs = ["-y", "lucanto-mcp@0", "--read-only"]\n`)
    : json(client, `,\n    "lucanto": { "command": "npx", "args": ["-y", "lucanto-mcp@0", "--read-only"] }`);

const urlEntry = (client: Client) =>
  client.format === 'toml'
    ? toml(
        client,
        `\n[${client.container}.lucanto]\nurl = "https://app.lucanto.eu/api/mcp/v1"\n\n[${client.container}.lucanto.http_headers]\nAuthorization = "Bearer ${TOKEN}"\n`,
      )
    : json(
        client,
        `,\n    "lucanto": {\n      "url": "https://app.lucanto.eu/api/mcp/v1",\n      "headers": { "Authorization": "Bearer ${TOKEN}" }\n    }`,
      );

export const TOKEN = 'lct_pat_0123456789abcdefghijklmnop';

export const FIXTURES: readonly Fixture[] = [
  { title: 'no file', text: () => null, outcome: 'changed', restores: true },
  { title: 'empty file', text: () => '', outcome: 'changed', restores: true },
  {
    title: 'empty object',
    text: ({ format }) => (format === 'toml' ? '\n' : '{}'),
    outcome: 'changed',
    restores: true,
  },
  { title: 'other servers', text: others, outcome: 'changed', restores: true },
  {
    title: 'no servers yet',
    text: ({ format }) => (format === 'toml' ? 'model = "o3"' : '{\n    "theme": "dark"\n}'),
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
    text: (client) =>
      others(client)
        .slice(0, -30)
        .replace(/"""[^"]*$/, '"""'),
    outcome: 'failed',
    restores: true,
  },
  { title: 'older entry (npx)', text: npxEntry, outcome: 'changed', restores: false },
  { title: 'url entry with a token', text: urlEntry, outcome: 'changed', restores: false },
];
