/** What our own tools and uploads need of this machine and of the service; everything heavy is loaded when first used. */
import type { FileSaver } from './backends/rest/answer.ts';
import { type ReadDeps, readOperation } from './backends/rest/read.ts';
import { answerValue } from './backends/rest/result.ts';
import type { RestDeps } from './backends/rest/tool.ts';
import { localDay } from './config/local-day.ts';
import type { ResolvedSettings } from './config/resolve.ts';
import type { Environment } from './config/setting.ts';
import type { DownloadDeps } from './http/download.ts';
import type { HttpPort } from './http/request.ts';
import type { Log } from './log.ts';
import type { LocalDeps } from './tools/local-tools.ts';
import { VERSION } from './version.ts';

export interface LocalToolOptions {
  readonly settings: ResolvedSettings;
  readonly env: Environment;
  readonly log: Log;
  readonly clock: () => number;
  readonly rest: ReadDeps;
  /** For files behind addresses that the service hands out. */
  readonly download: DownloadDeps;
}

export function localDeps({ settings, clock, rest, download }: LocalToolOptions): LocalDeps {
  return {
    clock,
    today: () => localDay(clock(), settings.machine),
    service: {
      read: async (operation, args, context) => {
        const subject = { tool: operation.tool, write: false, listTool: null };
        return answerValue(await readOperation(operation, args, context, rest), subject);
      },
      readBytes: (operation, args, context, options) =>
        readOperation(operation, args, context, rest, { ...options, redirects: 'returned' }),
    },
    folder: () => filesFolder(settings),
    download,
  };
}

/** @param http the service, with the token */
export function downloads(http: HttpPort, { env, log }: Pick<LocalToolOptions, 'env' | 'log'>): DownloadDeps {
  const ports = new Map<string, HttpPort>();
  const elsewhere = (origin: string): HttpPort => {
    const port = ports.get(origin) ?? withoutToken(origin, env, log);
    ports.set(origin, port);
    return port;
  };
  return { http, elsewhere };
}

export function fileSaver({ settings, rest, download }: Omit<LocalToolOptions, 'clock' | 'log' | 'env'>): FileSaver {
  return async (operation, args, context) => {
    const { saveAnswer } = await import('./backends/rest/file-answer.ts');
    return saveAnswer(operation, args, context, { ...rest, folder: () => filesFolder(settings), download });
  };
}

/** @param writesDir where the list of uploads is kept, beside the write ledger */
export function uploads(
  { settings, log, clock }: Omit<LocalToolOptions, 'rest' | 'env' | 'download'>,
  origin: string,
  writesDir: string,
): NonNullable<RestDeps['uploads']> {
  return async (binding, args) => {
    const [{ openUpload }, { UploadIndex }] = await Promise.all([
      import('./backends/rest/upload.ts'),
      import('./files/upload-index.ts'),
    ]);
    const index = new UploadIndex(writesDir, clock, log);
    return openUpload(binding, args, { folder: await filesFolder(settings), index, origin });
  };
}

async function filesFolder({ files, machine }: ResolvedSettings) {
  const { FilesFolder } = await import('./files/folder.ts');
  return new FilesFolder(files, machine);
}

/** A file store that the service points to: asked as any web server, since the token is not for it. */
function withoutToken(origin: string, env: Environment, log: Log): HttpPort {
  let client: Promise<HttpPort> | undefined;
  const load = async (): Promise<HttpPort> => {
    const [{ HttpClient }, { systemClock }, { Transport }] = await Promise.all([
      import('./http/client.ts'),
      import('./http/clock.ts'),
      import('./http/transport/transport.ts'),
    ]);
    return new HttpClient({
      origin,
      token: () => null,
      version: VERSION,
      clock: systemClock,
      random: Math.random,
      log,
      transport: new Transport({ origin, env, embedded: false, nodeVersion: process.version, log }),
      concurrency: 2,
    });
  };
  return {
    origin,
    send: async (request, context) => {
      client ??= load();
      return (await client).send(request, context);
    },
  };
}
