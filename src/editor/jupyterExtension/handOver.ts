import type * as vscode from 'vscode';
import { isJupyterError } from '../../jupyter/errors.ts';
import type { Logger } from '../../k8s/log.ts';
import type { ServerRef } from '../address.ts';
import type { ConnectionInformation, ListedServer } from './api.ts';
import type { Attention } from './attention.ts';
import { parseServerId } from './serverId.ts';
import type { ServerList } from './serverList.ts';

export interface HandOverOptions {
  list: ServerList;
  attention: Attention;
  logger: Logger;
  /**
   * Brings a server up as far as the user wants it: asks whether to start a stopped one, waits for one that starts. False
   * when they think better of it; rejects with what stands in the way.
   */
  bringUp: (ref: ServerRef) => Promise<boolean>;
  /** Whether it may be contacted unasked: it is known to run, or an open notebook has a kernel there. Contacts nobody. */
  mayLookUnasked: (ref: ServerRef) => boolean;
  /** Proves that the server can start kernels, and gives what it takes to use it. Rejects with what is wrong. */
  connect: (ref: ServerRef, signal?: AbortSignal) => Promise<ConnectionInformation>;
  /** Shows an error with its remedy. */
  report: (error: unknown) => void;
  /** An error as one sentence. */
  explain: (error: unknown) => string;
  cancelled: () => Error;
  isCancellation: (error: unknown) => boolean;
  /** ms since the epoch. */
  now: () => number;
}

/** After so long the same trouble is worth the same words; ms. */
const againMs = 60_000;

/**
 * Gives a server to the Jupyter extension, once it is known to answer: that extension shows nothing when a start fails. So
 * what is wrong is said here, and only to somebody who waits for it.
 */
export class HandOver {
  private readonly underWay = new Map<string, Promise<ListedServer | undefined>>();
  /** What was said last of a server that could not be used. */
  private readonly said = new Map<string, { what: string; at: number }>();
  /** Were stopped when they were asked for, and not to be started. */
  private readonly leftStopped = new Set<string>();

  constructor(private readonly o: HandOverOptions) {}

  /**
   * The server with what it takes to use it. Rejects where it can't be used, after the user was told; nothing where nobody
   * waits for it and asking it would contact what nobody looks at.
   */
  resolve(id: string, token: vscode.CancellationToken): Promise<ListedServer | undefined> {
    const ref = parseServerId(id);
    if (!ref) return Promise.resolve(undefined);
    // The Jupyter extension asks twice in a row, and at the same time.
    const known = this.underWay.get(id);
    if (known)
      return known.catch((error: unknown) => {
        // The other one lost interest; this one has not.
        const gaveUp = this.o.isCancellation(error) && !this.leftStopped.has(id);
        if (gaveUp && !token.isCancellationRequested) return this.resolve(id, token);
        throw error;
      });
    const work = this.give(ref, id, token).finally(() => this.underWay.delete(id));
    this.underWay.set(id, work);
    return work;
  }

  /** Readies a server for somebody who has just asked for it; false when they think better of it. */
  async prepare(ref: ServerRef): Promise<boolean> {
    this.o.list.keep(ref);
    if (!(await this.o.bringUp(ref))) return false;
    await this.o.connect(ref);
    return true;
  }

  private async give(ref: ServerRef, id: string, token: vscode.CancellationToken): Promise<ListedServer | undefined> {
    const { attention, list } = this.o;
    const wanted = attention.isOn || (list.wasHandedOver(ref) && !this.leftStopped.has(id));
    if (!wanted && !this.o.mayLookUnasked(ref)) return undefined;
    const abort = new AbortController();
    const cancelled = token.onCancellationRequested(() => abort.abort(this.o.cancelled()));
    try {
      const connectionInformation = await (wanted ? this.bring(ref, abort.signal) : this.o.connect(ref, abort.signal));
      if (token.isCancellationRequested) throw this.o.cancelled();
      this.said.delete(id);
      this.leftStopped.delete(id);
      attention.end();
      list.handed(ref);
      return { ...list.entry(ref), connectionInformation };
    } catch (error) {
      this.o.logger.debug(`not handed to the Jupyter extension: ${id}: ${String(error)}`);
      if (this.o.isCancellation(error)) {
        attention.end();
        if (!token.isCancellationRequested) this.leftStopped.add(id);
        throw error;
      }
      if (wanted) this.tell(id, error);
      throw new Error(this.o.explain(error), { cause: error });
    } finally {
      cancelled.dispose();
    }
  }

  /** Says what is wrong: once for each time that somebody looks, as the Jupyter extension tries twice in a row. */
  private tell(id: string, error: unknown): void {
    const what = `${this.o.attention.turn} ${this.o.explain(error)}`;
    const known = this.said.get(id);
    const now = this.o.now();
    if (known?.what === what && now - known.at < againMs) return;
    this.said.set(id, { what, at: now });
    this.o.report(error);
  }

  private async bring(ref: ServerRef, signal: AbortSignal): Promise<ConnectionInformation> {
    for (let first = true; ; first = false) {
      if (!(await this.o.bringUp(ref))) throw this.o.cancelled();
      try {
        return await this.o.connect(ref, signal);
      } catch (error) {
        // What nobody looked at for a while was stopped meanwhile, which is known by now.
        if (!first || !isJupyterError(error, 'NotRunning') || error.problem.why !== 'stopped') throw error;
      }
    }
  }
}
