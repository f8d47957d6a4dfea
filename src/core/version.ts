import packageJson from '../../package.json' with { type: 'json' };

/** Which version and which build this is. The build puts both in place, so that no package.json is bundled. */
declare const __VERSION__: string | undefined;
declare const __BUILD__: string | undefined;

export const VERSION: string = typeof __VERSION__ === 'string' ? __VERSION__ : packageJson.version;

/** Differs with every change of the code: what one build keeps for itself, no other takes for its own. */
export const BUILD: string = typeof __BUILD__ === 'string' ? __BUILD__ : 'source';
