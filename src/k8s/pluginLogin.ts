import { isKubeError, type KubeError } from './errors.ts';
import {
  pluginCredentials,
  pluginFailed,
  pluginStart,
  runExecPlugin,
  type PluginCredentials,
  type PluginStart,
} from './execPlugin.ts';
import type { ExecConfig, KubeCluster } from './kubeconfigFile.ts';
import type { Logger } from './log.ts';
import type { PluginEnd } from './pluginProcess.ts';

export interface PluginLoginOptions {
  env: NodeJS.ProcessEnv;
  logger: Logger;
  /** The time in milliseconds; the system's clock when not given. */
  now?: () => number;
  /** Folders to look for plugins in, besides those of PATH; asked at every run. */
  additionalPath?: () => readonly string[];
  /** How long a plugin may take that nobody sits in front of. */
  timeoutMs?: number;
}

/** Starts a plugin where a person can answer it, and says how that ended. */
export type Ask = (start: PluginStart, signal: AbortSignal) => Promise<PluginEnd>;

/** A credential that ends within this time is renewed first, in ms. */
const skewMs = 10_000;
/** How long a failed plugin is left alone at first and at most, in ms. */
const firstPauseMs = 8_000;
const longestPauseMs = 5 * 60_000;

/** A run of the plugin, alone or in front of a person. */
interface Running {
  result: Promise<PluginCredentials>;
  stop: AbortController;
}

/** A run was ended because the user signs in by hand: whoever waits for it waits for that instead. */
class Superseded extends Error {}

/**
 * What the credential plugin of one user entry has handed out, and when it may be started: one run at a time for all who
 * ask, none while the user signs in, none for each request while it keeps failing. A plugin may open a browser, and each
 * run may cost a person's attention.
 */
export class PluginLogin {
  readonly #exec: ExecConfig;
  readonly #cluster: KubeCluster;
  readonly #o: PluginLoginOptions;
  readonly #now: () => number;
  readonly #ended = new AbortController();
  #given: PluginCredentials | undefined;
  #givenAt = 0;
  /** How long the last run took. */
  #tookMs = 0;
  /** Given by the plugin just now although our clock calls it over: who is right is for the server to say. */
  #overByOurClock = false;
  /** Runs in a row whose credentials the server rejected soon. */
  #rejectedRuns = 0;
  #failure: { error: KubeError; until: number; inARow: number } | undefined;
  #running: Running | undefined;
  #signingIn: Promise<void> | undefined;

  constructor(exec: ExecConfig, cluster: KubeCluster, options: PluginLoginOptions) {
    this.#exec = exec;
    this.#cluster = cluster;
    this.#o = options;
    this.#now = options.now ?? Date.now;
  }

  /** Whether a person is being asked right now. */
  get signingIn(): boolean {
    return this.#signingIn !== undefined;
  }

  /** Whether the plugin can be asked in a terminal at all. */
  get canAsk(): boolean {
    return this.#exec.interactiveMode !== 'Never';
  }

  get command(): string {
    return this.#exec.command;
  }

  /**
   * What the plugin gave, as long as it lasts, else what a new run gives. Waits for a run or a sign-in that is under way.
   * @throws KubeError ExecPluginFailed; also one of before, while the plugin is left alone
   */
  async credentials(): Promise<PluginCredentials> {
    for (;;) {
      if (this.#given && this.#lasts(this.#given)) return this.#given;
      if (!this.#running && this.#failure && this.#now() < this.#failure.until) throw this.#failure.error;
      const running = (this.#running ??= this.#start(false, (signal) => this.#runAlone(signal)));
      try {
        return await running.result;
      } catch (error) {
        if (!(error instanceof Superseded)) throw error;
      }
    }
  }

  /**
   * The server did not believe these credentials (401; `cert` only where it was the plugin's). They are forgotten, unless others have come since: many requests
   * rejected together cost one run. Where new ones are rejected again and again, the runs are spread out as after failures.
   */
  rejected(sent: PluginCredentials): void {
    const given = this.#given;
    if (!given || given.token !== sent.token || (sent.cert !== undefined && given.cert !== sent.cert)) return;
    const age = this.#now() - this.#givenAt;
    const pause = this.#pauseMs(Math.max(1, this.#rejectedRuns));
    if (this.#rejectedRuns > 0 && age < pause) return;
    this.#rejectedRuns = age < pause * 2 ? this.#rejectedRuns + 1 : 0;
    this.#given = undefined;
  }

  /** The user asks: what has failed may be started again at once. */
  retryNow(): void {
    this.#failure = undefined;
    if (this.#rejectedRuns > 0) this.#given = undefined;
    this.#rejectedRuns = 0;
  }

  /**
   * The user signs in: `ask` starts the plugin, and everybody who needs credentials waits for it. A run of before is
   * ended. Resolves when there are new credentials; while one sign-in is under way another call waits for it.
   * @throws KubeError ExecPluginFailed
   */
  signIn(ask: Ask): Promise<void> {
    this.#signingIn ??= this.#signIn(ask).finally(() => (this.#signingIn = undefined));
    return this.#signingIn;
  }

  dispose(): void {
    this.#ended.abort(new Error('The cluster was closed'));
  }

  async #signIn(ask: Ask): Promise<void> {
    const before = this.#running;
    const running = this.#start(true, (signal) => this.#runWith(ask, signal));
    this.#running = running;
    before?.stop.abort(new Superseded('signing in by hand'));
    await running.result;
    // What the server thought of runs before says nothing of this one.
    this.#rejectedRuns = 0;
  }

  #start(byHand: boolean, run: (signal: AbortSignal) => Promise<PluginCredentials>): Running {
    const stop = new AbortController();
    const began = this.#now();
    const signal = AbortSignal.any([stop.signal, this.#ended.signal]);
    const running = {
      stop,
      result: run(signal).then(
        (given) => this.#took(given, this.#now() - began),
        (error: unknown) => this.#failed(error, this.#now() - began, byHand),
      ),
    };
    const over = (): void => {
      if (this.#running === running) this.#running = undefined;
    };
    running.result.then(over, over);
    return running;
  }

  #runAlone(signal: AbortSignal): Promise<PluginCredentials> {
    const { env, timeoutMs = 60_000 } = this.#o;
    return runExecPlugin(this.#exec, this.#cluster, { env, folders: this.#o.additionalPath?.(), timeoutMs, signal });
  }

  async #runWith(ask: Ask, signal: AbortSignal): Promise<PluginCredentials> {
    if (!this.canAsk) throw pluginFailed(this.#exec, 'failed', 'the kubeconfig says that it never asks');
    const place = { env: this.#o.env, folders: this.#o.additionalPath?.() };
    const start = await pluginStart(this.#exec, this.#cluster, { ...place, interactive: true });
    return pluginCredentials(this.#exec, await ask(start, signal));
  }

  #took(given: PluginCredentials, ms: number): PluginCredentials {
    this.#o.logger.debug(`Credential plugin ${this.#exec.command} answered in ${ms} ms`);
    this.#given = given;
    this.#givenAt = this.#now();
    this.#tookMs = ms;
    this.#overByOurClock = given.expires !== undefined && given.expires - skewMs <= this.#now();
    this.#failure = undefined;
    return given;
  }

  /**
   * A missing plugin is looked for every time, as that is cheap; one that may wait for a person stays ended, and whoever
   * comes after a sign-in by hand that did not work hears that it needs one.
   */
  #failed(error: unknown, ms: number, byHand: boolean): never {
    if (isKubeError(error) && error.problem.code === 'ExecPluginFailed') {
      const { reason, detail } = error.problem;
      const inARow = (this.#failure?.inARow ?? 0) + 1;
      this.#tookMs = ms;
      const forGood = byHand || reason === 'timeout' || reason === 'interactive';
      const until = forGood ? Infinity : this.#now() + this.#pauseMs(inARow);
      const kept = byHand ? pluginFailed(this.#exec, 'interactive', detail) : error;
      this.#failure = reason === 'missing' ? undefined : { error: kept, until, inARow };
      this.#o.logger.debug(`${error.message} (after ${ms} ms)`);
    }
    throw error;
  }

  /** At first ten times what a run takes, then twice as long each time. */
  #pauseMs(inARow: number): number {
    const first = Math.max(firstPauseMs, 10 * this.#tookMs);
    return Math.min(longestPauseMs, first * 2 ** Math.min(inARow - 1, 10));
  }

  #lasts(given: PluginCredentials): boolean {
    return this.#overByOurClock || given.expires === undefined || given.expires - skewMs > this.#now();
  }
}
