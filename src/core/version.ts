import packageJson from '../../package.json' with { type: 'json' };

/** The one version number: package.json's, inlined by the bundler. */
export const VERSION: string = packageJson.version;
