import { fileURLToPath } from 'node:url';

/** Puts our fetch classes (web-shims.ts) in the place of Node's, in the built program and in what tests load of it. */

const CLASSES = fileURLToPath(new URL('./web-shims.ts', import.meta.url));
const KY = /[\\/]node_modules[\\/]ky[\\/].*\.js$/;
/** The embedded service is a server, and needs the real ones. */
const CLIENT = /[\\/]src[\\/](?!demo[\\/]).*\.ts$/;

/** @returns null for a file that makes no requests */
export function withOwnFetch(path: string, text: string): string | null {
  const isKy = KY.test(path);
  if (!isKy && !(CLIENT.test(path) && /\b(?:new|instanceof) (?:Headers|Request|Response)\b/.test(text))) return null;
  const own = isKy ? text.replace(/\bglobalThis\.(?=(?:FormData|Headers|Request|Response)\b)/g, '') : text;
  return `import { FormData, Headers, Request, Response } from ${JSON.stringify(CLASSES)};\n${own}`;
}
