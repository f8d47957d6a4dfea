// What Claude Desktop reads of a bundle: what it is, how it is started, what the user is asked for.

// The format's 0.4 adds only another runtime for Python, and calls itself experimental.
const MANIFEST_VERSION = '0.3';

/** Of its own: what `login` stored on this computer, perhaps for another address, must not meet the form's token. */
const PROFILE = 'claude-desktop-bundle';

/** What the app's form asks for. The key of a setting, or `token`, by the name of its field. */
const FORM = {
  token: {
    setting: null,
    field: {
      type: 'string',
      title: 'Access token',
      description: 'From Lucanto: Settings → API keys. It decides what can be done; the scope read:* is a good start.',
      sensitive: true,
      required: true,
    },
  },
  read_only: {
    setting: 'readOnly',
    field: {
      type: 'boolean',
      title: 'Read only',
      description: 'Look, but change nothing: no tool that writes exists. Switch it off to create and send.',
      required: false,
      default: true,
    },
  },
  workspace: {
    setting: 'workspace',
    field: {
      type: 'string',
      title: 'Workspace',
      description: 'The id of the one workspace to work in. Left empty: every workspace of the token.',
      required: false,
      // Without it some apps hand over the placeholder itself.
      default: '',
    },
  },
  limit: {
    setting: 'limit',
    field: {
      type: 'string',
      title: 'Limits on writes',
      description: 'For example sends=10/day,amount=5000EUR,recipients=stored. Left empty: no limits.',
      required: false,
      default: '',
    },
  },
  // No default: apps leave ${DOWNLOADS} in one as it stands, and the bridge has the right one itself.
  files: {
    setting: 'files',
    field: {
      type: 'directory',
      title: 'Files folder',
      description:
        'The one folder that PDFs are saved to and receipts are taken from. Left empty: Lucanto in your Downloads.',
      required: false,
    },
  },
};

/** npm writes `git+https://….git`; a browser wants neither end. */
export function webAddress({ url }) {
  return url.replace(/^git\+/, '').replace(/\.git$/, '');
}

/**
 * @param packageJson package.json, parsed
 * @param settings the settings table, see settings.mjs
 */
export function manifestOf(packageJson, { SETTINGS, TOKEN_VARIABLE }) {
  const { name, version, description, author, license, keywords, engines, bin, repository } = packageJson;
  const script = bin[name];
  const fields = Object.entries(FORM);
  return {
    manifest_version: MANIFEST_VERSION,
    name,
    display_name: 'Lucanto',
    version,
    description,
    long_description:
      'Ask for overdue invoices, summaries and PDFs, check documents before they go out, and, once you switch *Read only* off, create, issue and send them. It offers exactly what your token allows.',
    author: { name: author },
    repository: { type: repository.type, url: webAddress(repository) },
    homepage: 'https://lucanto.eu',
    documentation: 'https://docs.lucanto.eu',
    support: 'https://lucanto.eu/support',
    icon: 'icon.png',
    server: {
      type: 'node',
      entry_point: script,
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/${script}`],
        env: {
          ...Object.fromEntries(
            fields.map(([key, { setting }]) => [
              (setting === null ? TOKEN_VARIABLE : SETTINGS[setting]).variable,
              `\${user_config.${key}}`,
            ]),
          ),
          [SETTINGS.profile.variable]: PROFILE,
        },
      },
    },
    // Which ones there are depends on the token.
    tools_generated: true,
    prompts_generated: true,
    keywords,
    license,
    compatibility: { platforms: ['darwin', 'win32', 'linux'], runtimes: { node: engines.node } },
    user_config: Object.fromEntries(fields.map(([key, { field }]) => [key, field])),
  };
}
