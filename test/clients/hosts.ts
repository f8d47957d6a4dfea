/** How each host is pointed at the mock, kept from the network, and run without a person. */

export interface Host {
  readonly title: string;
  /** What its user has in its files before `setup`, by path under the home. */
  readonly files: Readonly<Record<string, string>>;
  readonly env: (modelUrl: string) => Readonly<Record<string, string>>;
  readonly args: (prompt: string, modelUrl: string) => readonly string[];
  /** The part of its data that names our tools to the model, for names without schemas. */
  readonly prefix: string;
}

const KEY = 'no-real-key';

export const HOSTS: Readonly<Record<string, Host>> = {
  'claude-code': {
    title: 'Claude Code',
    files: {},
    env: (modelUrl) => ({
      ANTHROPIC_BASE_URL: modelUrl,
      ANTHROPIC_API_KEY: KEY,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
    // Permissions cannot be skipped altogether as root, so our tools are named.
    args: (prompt) => ['-p', prompt, '--allowedTools', 'mcp__lucanto'],
    prefix: 'mcp__lucanto__',
  },
  codex: {
    title: 'Codex',
    files: {},
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
      ...['-c', 'analytics.enabled=false'],
      ...['-c', 'check_for_update_on_startup=false'],
      prompt,
    ],
    prefix: '',
  },
  gemini: {
    title: 'Gemini CLI',
    // A base address alone makes it choose a way to log in that it then refuses.
    files: {
      '.gemini/settings.json': `${JSON.stringify(
        {
          security: { auth: { selectedType: 'gemini-api-key' } },
          general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
          privacy: { usageStatisticsEnabled: false },
        },
        null,
        2,
      )}\n`,
    },
    env: (modelUrl) => ({
      GOOGLE_GEMINI_BASE_URL: modelUrl,
      GEMINI_API_KEY: KEY,
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
    }),
    args: (prompt) => ['--yolo', '-m', 'gemini-2.5-pro', '-p', prompt],
    prefix: 'mcp_lucanto_',
  },
};
