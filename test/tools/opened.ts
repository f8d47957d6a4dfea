/** What a test of this folder opens is closed after it, and every bridge has a files folder of its own. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type DemoService, startDemo } from '../../src/demo/demo-server.ts';
import { type OpenedBridge, openedBridge } from '../helpers/open-bridge.ts';

export interface Scene extends OpenedBridge {
  /** The files folder; it exists. */
  readonly files: string;
}

export function useScenes() {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  const later = <T extends { close(): Promise<void> }>(opened: T): T => {
    closing.push(() => opened.close());
    return opened;
  };
  const folder = async (): Promise<string> => {
    const path = await realpath(await mkdtemp(join(tmpdir(), 'lucanto-files-')));
    closing.push(() => rm(path, { recursive: true, force: true }));
    return path;
  };
  const scene = async (url: string, token: string, env: Readonly<Record<string, string>> = {}): Promise<Scene> => {
    const files = await folder();
    const opened = later(await openedBridge(url, token, { LUCANTO_FILES: files, ...env }));
    return { ...opened, files };
  };
  const demo = async (): Promise<DemoService> =>
    later(await startDemo({ port: 0, generation: 'workspaces', clock: Date.now }));
  return { later, folder, scene, demo };
}
