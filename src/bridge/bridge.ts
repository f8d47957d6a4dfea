import type { ArgumentParser } from '../catalog/arguments/argument-parser.ts';
import type { Catalogue } from '../catalog/catalogue.ts';
import type { SentDescriptor } from '../catalog/listing/list-size.ts';
import type { RefreshReport } from '../catalog/refresh.ts';
import type { Workspaces } from '../catalog/workspaces.ts';
import type { ResolvedSettings } from '../config/resolve.ts';
import type { ConfirmationGate } from '../confirm/confirmation-gate.ts';
import type { WriteCheck } from '../confirm/write-check.ts';
import { effectsAskedFor, orderIn } from '../contract/argument-effects.ts';
import { asTyped } from '../core/command-name.ts';
import { type CallDeadline, callDeadline, within, withinDeadline } from '../core/deadline.ts';
import { ArgumentsError, InternalError, toLucantoError, UnknownToolError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { errorResult, limited } from '../core/results.ts';
import type { Company } from '../core/text.ts';
import type { CallAnswer, CallContext, Tool } from '../core/tool.ts';
import type { ServedBridge } from '../server/call-context.ts';
import { type InstructionFacts, noteOn } from '../server/instructions.ts';
import { replacementOf } from '../tools/local-tools.ts';
import type { Service } from './open-service.ts';

/** What one token can do at one service, and the calls it makes. Opened by open-bridge.ts. */

/** Every refresh in the background ends by then. */
const REFRESH_SECONDS = 30;
/** For writes whose caller gave up just before the end. */
const FOLLOW_AT_CLOSE_MS = 5_000;
/** A running server looks again now and then: scopes change, the service grows. */
const REFRESH_EVERY_MS = 60 * 60_000;

export class Bridge implements ServedBridge {
  readonly settings: ResolvedSettings;
  readonly origin: string;
  readonly credential: Service['credential'];
  /** Why there is no credential, with the line that helps. */
  readonly problem: Service['problem'];
  readonly catalogue: Catalogue;
  readonly #deps;
  readonly #closing = new AbortController();
  #afterRefresh: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #firstAskedAt: number | null = null;

  constructor(deps: {
    readonly settings: ResolvedSettings;
    readonly service: Service;
    readonly catalogue: Catalogue;
    readonly parser: ArgumentParser;
    readonly workspaces: Workspaces;
    readonly gate: Pick<ConfirmationGate, 'check' | 'preview'>;
    readonly limits: Pick<WriteCheck, 'check'>;
    readonly sendsToday: () => Promise<number>;
    /** Waits for writes that are on their way, that many milliseconds at most. */
    readonly settleWrites: (ms: number) => Promise<void>;
    readonly command: string;
    readonly log: Log;
    readonly clock: () => number;
  }) {
    this.#deps = deps;
    this.settings = deps.settings;
    this.catalogue = deps.catalogue;
    ({ origin: this.origin, credential: this.credential, problem: this.problem } = deps.service);
  }

  visible(): readonly Tool[] {
    return this.catalogue.visible();
  }

  listed(): readonly SentDescriptor[] {
    return this.catalogue.listing().descriptors;
  }

  /** @throws UnknownToolError for a tool that does not exist or is hidden; the message says why it is hidden */
  find(name: string): Tool {
    const tool = this.visible().find(({ descriptor }) => descriptor.name === name);
    if (tool !== undefined) return tool;
    const reason = this.catalogue.hidden().find((entry) => entry.tool.descriptor.name === name)?.reason;
    const typed = (text: string) => asTyped(text, this.#deps.command);
    const why = reason === undefined ? '' : ` (hidden: ${typed(reason)})`;
    const now = replacementOf(name);
    if (now !== null) throw new UnknownToolError(`Unknown tool: ${name} (now ${now})`, { hint: `Use ${now}.` });
    throw new UnknownToolError(`Unknown tool: ${name}${why}`, {
      hint: {
        person: typed('Run `lucanto-mcp tools --all` to see every tool and why some are hidden.'),
        model: typed('Use a tool from the list, or ask the user to run `lucanto-mcp tools --all`, which says why.'),
      },
    });
  }

  /** @throws UnknownToolError; every other failure is an answer */
  async call(name: string, args: unknown, context: CallContext): Promise<CallAnswer> {
    return this.run(this.find(name), args, context);
  }

  /** From raw arguments to an answer, which comes by the deadline whatever happens. @param tool as found */
  async run(tool: Tool, args: unknown, context: CallContext): Promise<CallAnswer> {
    const { log, command } = this.#deps;
    const { name } = tool.descriptor;
    const started = Date.now();
    try {
      const { result, error } = await withinDeadline(
        { what: name, isWrite: tool.tier !== 'read' },
        context.signal,
        () => this.#answer(tool, args, context),
      );
      log.debug(`${name}: ${result.isError ? 'error answer' : 'answered'} in ${Date.now() - started} ms`);
      return { result: context.answer === undefined ? result : limited(tool, result), error };
    } catch (thrown) {
      const known = toLucantoError(thrown);
      const isOpen = known instanceof InternalError && tool.tier !== 'read' && known.details.outcome === undefined;
      const error = isOpen ? new InternalError(known.cause, true) : known;
      const stack = error.code === 'internal_error' ? `\n${error.stack}` : '';
      log.debug(`${name}: ${error.code} in ${Date.now() - started} ms${stack}`);
      return { result: errorResult(error, command), error };
    }
  }

  facts(): InstructionFacts {
    const notes = this.problem === null ? this.catalogue.notes() : [noteOn(this.problem)];
    const { workspace: pinned, demo, readOnly, confirm } = this.settings;
    const seen = this.catalogue.remoteState().source !== 'never';
    return {
      visible: this.visible(),
      notes: notes.map((note) => asTyped(note, this.#deps.command)),
      undecided: this.credential === null || (!seen && !readOnly),
      pinned,
      demo,
      previews: confirm === 'always',
      workspaces: this.catalogue.knownWorkspaces() ?? [],
    };
  }

  timeLimit(now: number): CallDeadline {
    return callDeadline(now, this.settings.timeout);
  }

  listWorkspaces(context: CallContext): Promise<readonly Company[]> {
    return this.#deps.workspaces.list(context);
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
    // One wait for the whole connection: a service that hangs must not slow every later list and call.
    const now = this.#deps.clock();
    this.#firstAskedAt ??= now;
    const left = this.#firstAskedAt + waitMs - now;
    if (left > 0) await within(left, [this.#refreshQuietly()]);
  }

  /** What counts as sent on the present day of this computer, by all copies. @throws LocalError */
  sendsToday(): Promise<number> {
    return this.#deps.sendsToday();
  }

  /** Drops what was remembered of this origin and token. */
  forget(): Promise<void> {
    return this.#deps.service.cache.clear();
  }

  settleWrites(ms: number): Promise<void> {
    return this.#deps.settleWrites(ms);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    await this.settleWrites(FOLLOW_AT_CLOSE_MS);
    await this.#deps.service.close();
  }

  async #answer(tool: Tool, raw: unknown, context: CallContext): Promise<CallAnswer> {
    const { parser, gate, limits } = this.#deps;
    if (this.problem !== null) throw this.problem;
    const { args, options, call } = await parser.parse(tool, raw, context);
    const { answer, allowDuplicate, confirmation, preview } = options;
    const effects = effectsAskedFor(tool, args);
    const asked = { tool, args, effects, allowDuplicate, ...(confirmation !== undefined && { code: confirmation }) };
    const isRead = tool.tier === 'read' && tool.descriptor.annotations.readOnlyHint;
    const order = isRead ? orderIn(args, tool.descriptor.name) : undefined;
    if (order !== undefined) {
      throw new ArgumentsError(`${tool.descriptor.name} only reads, and \`${order}\` would make it do more.`, {
        hint: `Nothing was done. Leave \`${order}\` out.`,
      });
    }
    const sends = isRead ? 0 : await limits.check(asked, context);
    if (preview === true) return { result: await gate.preview(asked, context), error: null };
    const decision = isRead ? null : await gate.check(asked, context);
    if (decision?.kind === 'answer') return decision;
    // A person may have taken minutes to agree, and the record may be another one by now.
    if (decision !== null) await limits.check({ ...asked, args: decision.args }, context);
    const result = await call(decision?.args ?? args, {
      ...context,
      ...(sends > 0 && { sends }),
      ...(answer !== undefined && { answer }),
      ...(allowDuplicate && { allowDuplicate }),
    });
    return { result: decision?.report(result) ?? result, error: null };
  }

  /** @param listener is called at the end of every refresh in the background, whatever came of it */
  onRefreshed(listener: () => void): void {
    this.#afterRefresh = listener;
  }

  async #refreshQuietly(): Promise<void> {
    const { clock, log } = this.#deps;
    const limit = callDeadline(clock(), REFRESH_SECONDS);
    const signal = AbortSignal.any([limit.signal, this.#closing.signal]);
    const refreshed = this.catalogue.refresh({ signal, deadline: limit.deadline, background: true }, false);
    const { errors } = await refreshed.finally(limit.release);
    if (this.#closing.signal.aborted) return;
    for (const error of errors) log.warn(`could not refresh the tool list: ${error.message}`);
    this.#afterRefresh();
  }
}
