/** Every client that setup can connect. A further one is a file beside this one and a line here. */
import { existsSync } from 'node:fs';
import type { Place } from '../place.ts';
import { claudeCode } from './claude-code.ts';
import { claudeDesktop } from './claude-desktop.ts';
import type { Client } from './client.ts';
import { codex } from './codex.ts';
import { cursor } from './cursor.ts';
import { gemini } from './gemini.ts';
import { vscode } from './vscode.ts';
import { windsurf } from './windsurf.ts';
import { zed } from './zed.ts';

export const CLIENTS: readonly Client[] = [claudeDesktop, claudeCode, cursor, vscode, windsurf, codex, gemini, zed];

export function isInstalled(client: Client, place: Place): boolean {
  return (
    client.traces(place).some((path) => existsSync(place.onDisk(path))) ||
    client.commands.some((command) => place.which(command) !== null)
  );
}
