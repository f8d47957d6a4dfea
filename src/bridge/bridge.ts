import type { Credential } from '../auth/credential.ts';
import type { SentDescriptor } from '../catalog/listing/list-size.ts';
import type { LiveCatalogue } from '../catalog/live-catalogue.ts';
import type { RefreshReport } from '../catalog/refresh.ts';
import type { ServiceCache } from '../catalog/service-cache.ts';
import type { Workspace, Workspaces } from '../catalog/workspaces.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import { type CallDeadline, callDeadline } from '../core/deadline.ts';
import type { LucantoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { CallAnswer, CallContext, Tool } from '../core/tool.ts';
import type { ServedBridge } from '../server/call-context.ts';
import type { InstructionFacts } from '../server/instructions.ts';
import type { Dispatcher } from './dispatch.ts';

/** One bridge: what a token can do at one service, and the calls it makes. Opened by open-bridge.ts. */
interface BridgeParts {
  readonly settings: ResolvedSettings;
  readonly origin: string;
  readonly credential: Credential | null;
  /** Why there is no credential, with the line that helps. */
  readonly problem: LucantoError | null;
  readonly catalogue: LiveCatalogue;
  readonly dispatcher: Dispatcher;
  readonly workspaces: Workspaces;
  readonly lastKnown: ServiceCache;
  readonly log: Log;
  readonly clock: () => number;
  /** Waits for writes that are on their way, that many milliseconds at most. */
  readonly settleWrites: (ms: number) => Promise<void>;
  readonly onClose: () => Promise<void>;
}

/** Every refresh in the background ends by then; nobody waits for it. */
const REFRESH_SECONDS = 30;
/** For writes whose caller gave up just before the end. */
const FOLLOW_AT_CLOSE_MS = 5_000;
/** A running server looks again now and then: scopes change, the service grows. */
const REFRESH_EVERY_MS = 60 * 60_000;

export class Bridge implements ServedBridge {
  readonly settings: ResolvedSettings;
  readonly origin: string;
  readonly credential: Credential | null;
  /** Why there is no credential, with the line that helps. */
  readonly problem: LucantoError | null;
  readonly catalogue: LiveCatalogue;
  readonly #parts: BridgeParts;
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #firstAskedAt: number | null = null;

  constructor(parts: BridgeParts) {
    this.#parts = parts;
    this.settings = parts.settings;
    this.origin = parts.origin;
    this.credential = parts.credential;
    this.problem = parts.problem;
    this.catalogue = parts.catalogue;
  }

  visible(): readonly Tool[] {
    return this.catalogue.visible();
  }

  listed(): readonly SentDescriptor[] {
    return this.catalogue.listing().descriptors;
  }

  find(name: string): Tool {
    return this.#parts.dispatcher.find(name);
  }

  call(name: string, args: unknown, context: CallContext): Promise<CallAnswer> {
    return this.#parts.dispatcher.call(name, args, context);
  }

  facts(): InstructionFacts {
    const notes = this.problem === null ? this.catalogue.notes() : [`${this.problem.message} ${this.problem.hint}`];
    const { workspace: pinned, demo, readOnly, confirm } = this.settings;
    const seen = this.catalogue.remoteState().source !== 'never';
    return {
      visible: this.visible(),
      notes,
      undecided: this.credential !== null && !seen && !readOnly,
      pinned,
      demo,
      previews: confirm === 'always',
      workspaces: this.catalogue.knownWorkspaces() ?? [],
    };
  }

  timeLimit(now: number): CallDeadline {
    return callDeadline(now, this.settings.timeout);
  }

  listWorkspaces(context: CallContext): Promise<readonly Workspace[]> {
    return this.#parts.workspaces.list(context);
  }

  /** Asks the service for its contract and tool list, whatever their age. */
  refresh(context: CallContext): Promise<RefreshReport> {
    return this.catalogue.refresh(context, true);
  }

  onToolsChanged(listener: () => void): () => void {
    return this.catalogue.onChange(listener);
  }

  refreshInBackground(): void {
    if (this.credential === null || this.#closing.signal.aborted) return;
    this.#timer ??= setInterval(() => void this.#refreshQuietly(), REFRESH_EVERY_MS).unref();
    void this.#refreshQuietly();
  }

  async firstCatalogue(waitMs: number): Promise<void> {
    if (this.credential === null || this.catalogue.remoteState().source !== 'never') return;
    // The patience is for the first list of the connection; a service that hangs must not slow every later one.
    const now = this.#parts.clock();
    this.#firstAskedAt ??= now;
    const left = this.#firstAskedAt + waitMs - now;
    if (left <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, left);
    });
    await Promise.race([this.#refreshQuietly(), patience]);
    clearTimeout(timer);
  }

  /** Drops what was remembered of this origin and token. */
  forget(): Promise<void> {
    return this.#parts.lastKnown.clear();
  }

  /** Waits for writes that have been sent, so that their outcome is known; what still runs after `ms` is given up. */
  settleWrites(ms: number): Promise<void> {
    return this.#parts.settleWrites(ms);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    await this.settleWrites(FOLLOW_AT_CLOSE_MS);
    await this.#parts.onClose();
  }

  async #refreshQuietly(): Promise<void> {
    const { clock, log } = this.#parts;
    const limit = callDeadline(clock(), REFRESH_SECONDS);
    const signal = AbortSignal.any([limit.signal, this.#closing.signal]);
    const { errors } = await this.catalogue.refresh({ signal, deadline: limit.deadline, background: true }, false);
    if (this.#closing.signal.aborted) return;
    for (const error of errors) log.warn(`the service could not be asked what it offers: ${error.message}`);
  }
}
