import { abortable } from './abortable.ts';
import type { Cluster } from './cluster.ts';
import { authentication, credentialFacts, credentials } from './diagnose/identitySteps.ts';
import { network } from './diagnose/networkSteps.ts';
import { forward, mayForward, proxied, rights } from './diagnose/rightSteps.ts';
import { types, version } from './diagnose/servedSteps.ts';
import { needed, stepNames, type Found, type Outcome, type StepName, type StepResult } from './diagnose/steps.ts';
import type { ForwardTarget, NoTarget, Subject } from './diagnose/subject.ts';
import { isKubeError, KubeError } from './errors.ts';

export { stepNames } from './diagnose/steps.ts';
export type { CredentialKind, Facts, Outcome, Skipped, StepName, StepResult } from './diagnose/steps.ts';
export type { ForwardTarget, Needs, NoTarget, Subject } from './diagnose/subject.ts';

const defaultLimitMs = 20_000;
/** A network that does not lead from the API server to the pods says nothing at all. */
const proxyLimitMs = 6_000;
const signInLimitMs = 120_000;

export interface DiagnoseOptions {
  /** Ends it; what was not come to is skipped. */
  signal?: AbortSignal;
  /** Hears each step as it ends, in the order of {@link stepNames}. */
  onStep?: (result: StepResult) => void;
  /** Of a step, ms; credentials get more, as they wait for a plugin, and for a person who signs in with it. */
  limitMs?: number;
  now?: () => number;
}

/**
 * Goes the way of a request step by step, over the very code that requests go through, and finds out which step fails. A
 * step that needs a failed one is skipped. Never rejects.
 * @returns a result for each step, in their order
 */
export async function diagnose(subject: Subject, options: DiagnoseOptions = {}): Promise<StepResult[]> {
  const run = new Run(options);
  const limitMs = options.limitMs ?? defaultLimitMs;
  let opened: Awaited<ReturnType<Subject['open']>> | undefined;
  await run.step('kubeconfig', limitMs, async () => {
    opened = await subject.open();
    const { files, context } = opened;
    const names = { context: context.name, cluster: context.clusterName, user: context.userName };
    return { outcome: 'ok', facts: { files, ...names, server: withoutSecrets(context.server) } };
  });
  if (!opened) return run.skipRest();
  const { cluster, namespace } = opened;
  await run.step(
    'credentials',
    signInLimitMs,
    (signal) => credentials(cluster, signal),
    credentialFacts(cluster.context),
  );
  await run.network(cluster);
  await run.step('authentication', limitMs, (signal) => authentication(cluster, signal));
  await run.step('version', limitMs, (signal) => version(cluster, subject.needs.kubernetes, signal));
  await run.step('types', limitMs, (signal) => types(cluster, subject.needs.types, signal));
  let may: Found<'rights'> = { outcome: 'skipped' };
  await run.step('rights', limitMs, async () => (may = await rights(cluster, subject.needs, namespace)));
  let found: ForwardTarget | NoTarget | undefined;
  const target = async (signal: AbortSignal) => (found ??= await subject.target(cluster, namespace, signal));
  await run.step('portForward', limitMs, async (signal) => {
    if (!mayForward(may)) {
      return { outcome: 'skipped', skipped: { why: 'noRight', rights: ['get pods/portforward'] } };
    }
    const to = await target(signal);
    return typeof to === 'string' ? { outcome: 'skipped', skipped: { why: to } } : forward(cluster, to, signal);
  });
  await run.step('podProxy', Math.min(limitMs, proxyLimitMs), async (signal) => {
    if (run.outcome('portForward') === 'ok') return { outcome: 'ok', facts: {} };
    const to = await target(signal);
    return typeof to === 'string' ? { outcome: 'skipped', skipped: { why: to } } : proxied(cluster, to, signal);
  });
  return run.results;
}

/** A server's address without what may be secret in a URL. */
function withoutSecrets(server: string): string {
  const { protocol, host, pathname } = new URL(server);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

/** One diagnosis: what has ended, and what that means for what comes. */
class Run {
  readonly results: StepResult[] = [];
  readonly #o: DiagnoseOptions;
  readonly #now: () => number;
  #began: number;

  constructor(o: DiagnoseOptions) {
    this.#o = o;
    this.#now = o.now ?? Date.now;
    this.#began = this.#now();
  }

  /** Takes a step, unless one that it needs has failed. @param known what is told of it even when it fails */
  async step<S extends StepName>(
    step: S,
    timeoutMs: number,
    take: (signal: AbortSignal) => Promise<Found<S>>,
    known?: Found<S>['facts'],
  ): Promise<void> {
    if (this.#skips(step)) return;
    this.#began = this.#now();
    const limit = new AbortController();
    const enough = (): void => limit.abort(this.#o.signal?.reason);
    const timer = setTimeout(
      () => limit.abort(new KubeError({ code: 'Timeout', seconds: timeoutMs / 1000 })),
      timeoutMs,
    );
    this.#o.signal?.addEventListener('abort', enough, { once: true });
    try {
      this.#end(step, await abortable(take(limit.signal), limit.signal));
    } catch (error) {
      this.#failed(step, error, known);
    } finally {
      clearTimeout(timer);
      this.#o.signal?.removeEventListener('abort', enough);
    }
  }

  /** The four steps of a connection. */
  async network(cluster: Cluster): Promise<void> {
    const steps = ['dns', 'proxy', 'tcp', 'tls'] as const;
    if (this.#skips('dns')) return steps.slice(1).forEach((step) => void this.#skips(step));
    this.#began = this.#now();
    const anonymous = this.outcome('credentials') === 'failed';
    const signal = this.#o.signal ?? new AbortController().signal;
    try {
      await network(cluster, (step, found) => this.#end(step, found), { anonymous, signal, now: this.#now });
    } catch (error) {
      const [first, ...rest] = steps.filter((step) => this.outcome(step) === undefined);
      if (first) this.#failed(first, error);
      for (const step of rest) this.#skips(step);
    }
  }

  skipRest(): StepResult[] {
    for (const step of stepNames) if (this.outcome(step) === undefined) this.#skips(step);
    return this.results;
  }

  outcome(step: StepName): Outcome | undefined {
    return this.results.find((result) => result.step === step)?.outcome;
  }

  /** Whether it must be skipped, which is told then. */
  #skips(step: StepName): boolean {
    const cause = this.#causeOf(step);
    const skipped = cause ? ({ why: 'after', step: cause } as const) : ({ why: 'cancelled' } as const);
    if (!cause && !this.#o.signal?.aborted) return false;
    this.#began = this.#now();
    this.#end(step, { outcome: 'skipped', skipped });
    return true;
  }

  /** The failed step that lies behind a step's not being taken. */
  #causeOf(step: StepName): StepName | undefined {
    for (const each of needed[step]) {
      if (this.outcome(each) === 'failed') return each;
      const behind = this.#causeOf(each);
      if (behind) return behind;
    }
    return undefined;
  }

  #failed<S extends StepName>(step: S, error: unknown, known?: Found<S>['facts']): void {
    const facts = known ? { facts: known } : {};
    if (isKubeError(error)) return this.#end(step, { outcome: 'failed', problem: error.problem, ...facts });
    if (this.#o.signal?.aborted)
      return this.#end(step, { outcome: 'skipped', skipped: { why: 'cancelled' }, ...facts });
    const problem = { code: 'ServerError', status: 0, message: String(error) } as const;
    this.#end(step, { outcome: 'failed', problem, ...facts });
  }

  #end<S extends StepName>(step: S, found: Found<S>): void {
    const result = { step, ...found, tookMs: Math.max(0, this.#now() - this.#began) } as unknown as StepResult;
    this.#began = this.#now();
    this.results.push(result);
    this.#o.onStep?.(result);
  }
}
