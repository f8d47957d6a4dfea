/** How each host is pointed at the mock, kept from the network, and run without a person. */

export interface Host {
  readonly title: string;
  /** What its user has in its files before `setup`, by path under the home. */
  readonly files: (modelUrl: string) => Readonly<Record<string, string>>;
  readonly env: (modelUrl: string) => Readonly<Record<string, string>>;
  readonly args: (prompt: string, modelUrl: string) => readonly string[];
  /** The part of its data that names our tools to the model, for names without schemas. */
  readonly prefix: string;
  /** Whether its model is told the server's instructions. */
  readonly tellsInstructions: boolean;
  /** Its model gets a result as the JSON text of its content, and schemas without `additionalProperties`. */
  readonly flattens?: true;
  /** Its model is not told that a result is an error. */
  readonly dropsErrorMark?: true;
  /** Further arguments with which it answers the bridge's question so, without a person; none where it has no dialogs. */
  readonly answers: Readonly<Record<string, readonly string[]>>;
}

/** Its hook stands for a person who takes the time to read. */
function claudeAnswer(action: 'accept' | 'decline' | 'cancel'): readonly string[] {
  const answer = { hookEventName: 'Elicitation', action, ...(action === 'accept' && { content: { confirm: true } }) };
  const command = `sleep 1.5; echo '${JSON.stringify({ hookSpecificOutput: answer })}'`;
  return ['--settings', JSON.stringify({ hooks: { Elicitation: [{ hooks: [{ type: 'command', command }] }] } })];
}

const KEY = 'no-real-key';

export const HOSTS: Readonly<Record<string, Host>> = {
  'claude-code': {
    title: 'Claude Code',
    files: () => ({}),
    env: (modelUrl) => ({
      ANTHROPIC_BASE_URL: modelUrl,
      ANTHROPIC_API_KEY: KEY,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      // Else it may begin without our tools on a computer that is busy.
      MCP_CONNECTION_NONBLOCKING: 'false',
    }),
    // Permissions cannot be skipped altogether as root, so our tools are named.
    args: (prompt) => ['-p', prompt, '--allowedTools', 'mcp__lucanto'],
    prefix: 'mcp__lucanto__',
    tellsInstructions: true,
    answers: {
      accept: claudeAnswer('accept'),
      decline: claudeAnswer('decline'),
      cancel: claudeAnswer('cancel'),
    },
  },
  codex: {
    title: 'Codex',
    files: () => ({}),
    env: () => ({ MOCK_MODEL_KEY: KEY }),
    args: (prompt, modelUrl) => [
      'exec',
      '--skip-git-repo-check',
      ...['-c', 'model="gpt-5.1-codex"'],
      ...['-c', 'model_provider="mock"'],
      ...[
        '-c',
        `model_providers.mock={name="mock",base_url="${modelUrl}/v1",env_key="MOCK_MODEL_KEY",wire_api="responses"}`,
      ],
      // The same.
      ...['-c', 'mcp_servers.lucanto.required=true'],
      ...['-c', 'analytics.enabled=false'],
      ...['-c', 'check_for_update_on_startup=false'],
      prompt,
    ],
    prefix: '',
    tellsInstructions: true,
    // Without this it refuses by itself what deletes, and asks nobody.
    answers: { decline: ['--dangerously-bypass-approvals-and-sandbox'] },
  },
  gemini: {
    title: 'Gemini CLI',
    // A base address alone makes it choose a way to log in that it then refuses.
    files: () => ({
      '.gemini/settings.json': `${JSON.stringify(
        {
          security: { auth: { selectedType: 'gemini-api-key' } },
          general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
          privacy: { usageStatisticsEnabled: false },
        },
        null,
        2,
      )}\n`,
    }),
    env: (modelUrl) => ({
      GOOGLE_GEMINI_BASE_URL: modelUrl,
      GEMINI_API_KEY: KEY,
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
    }),
    args: (prompt) => ['--yolo', '-m', 'gemini-2.5-pro', '-p', prompt],
    prefix: 'mcp_lucanto_',
    tellsInstructions: true,
    answers: {},
  },
  copilot: {
    title: 'GitHub Copilot CLI',
    files: () => ({}),
    env: (modelUrl) => ({
      COPILOT_OFFLINE: 'true',
      COPILOT_PROVIDER_TYPE: 'anthropic',
      COPILOT_PROVIDER_BASE_URL: modelUrl,
      COPILOT_PROVIDER_API_KEY: KEY,
      COPILOT_MODEL: 'claude-sonnet-4.5',
    }),
    args: (prompt) => ['-p', prompt, '--allow-all-tools', '--no-auto-update', '--disable-builtin-mcps'],
    prefix: 'lucanto-',
    tellsInstructions: false,
    dropsErrorMark: true,
    answers: { decline: [] },
  },
  continue: {
    title: 'Continue',
    files: (modelUrl) => ({
      '.continue/config.yaml': [
        'name: Mine',
        'version: 1.0.0',
        'schema: v1',
        'models:',
        '  - name: Mock',
        '    provider: anthropic',
        '    model: claude-sonnet-4-5',
        `    apiKey: ${KEY}`,
        `    apiBase: ${modelUrl}/v1/`,
        '    roles: [chat]',
        '',
      ].join('\n'),
    }),
    env: () => ({ CONTINUE_TELEMETRY_ENABLED: '0' }),
    args: (prompt) => ['-p', prompt, '--auto'],
    prefix: '',
    tellsInstructions: false,
    flattens: true,
    dropsErrorMark: true,
    answers: {},
  },
};
