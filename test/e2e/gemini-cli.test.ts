import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, it } from 'vitest';
import { BIN, NODE, temporaryHome } from '../helpers/run.ts';

it('Gemini CLI gets a list as an object, since it refuses any other JSON, and may send the argument that it adds', async () => {
  const home = await temporaryHome();
  const client = new Client({ name: 'gemini-cli-mcp-client', version: '0.61.0' });
  const env = { ...home.env };
  await client.connect(new StdioClientTransport({ command: NODE, args: [BIN, '--demo'], env, stderr: 'ignore' }));
  const { content } = await client.callTool({
    name: 'lucanto_list_workspaces',
    arguments: { wait_for_previous: true },
  });
  expect(content).toEqual(
    expect.arrayContaining([
      { type: 'text', text: expect.stringMatching(/^\{"data":\[\{"id":42,.*"id":9007199254740993,.*\]\}$/) },
    ]),
  );
  await client.close();
  await home.remove();
});
