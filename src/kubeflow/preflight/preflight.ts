/**
 * The preflight of a launch: what stands in a form's way, by its own rules and by what the cluster answers. The one place
 * that runs it, for the form as it is typed and for whoever launches without one.
 */
import type { Access } from '../../k8s/access.ts';
import type { Cluster } from '../../k8s/cluster.ts';
import type { KubeError } from '../../k8s/errors.ts';
import type { Disposable } from '../../k8s/events.ts';
import { overlooked } from '../form/editFindings.ts';
import type { Edit } from '../form/editFindings.ts';
import type { Finding } from '../form/finding.ts';
import { findings } from '../form/formFindings.ts';
import { manifests } from '../form/manifests.ts';
import type { Manifests, ManifestOptions } from '../form/manifests.ts';
import type { SpawnForm, SpawnOptions } from '../form.ts';
import { FactsAsked } from './askFacts.ts';
import { clusterFindings } from './clusterFindings.ts';
import { dryRun } from './dryRun.ts';
import type { DryRun } from './dryRun.ts';
import { merged } from './merged.ts';
import { gpuRoom } from './room.ts';
import type { GpuRoom } from './room.ts';

/** So long a launch waits for the cluster's facts; the launch's own check follows anyway. ms. */
const patienceMs = 5_000;

/** What the form is about, beside what is in it. */
export interface PreflightAbout extends Pick<ManifestOptions, 'creator' | 'base' | 'podDefaults'> {
  /** The server that is being edited. */
  edit?: Edit;
}

export interface Looked {
  /** Everything that there is to say, in the order of the fields. */
  all: Finding[];
  /** What of it only the cluster could say. */
  cluster: Finding[];
  /** GPUs on nodes by resource key; absent where nodes may not be read. */
  gpus?: Record<string, GpuRoom>;
  /** Why some of it could not be asked; that something may not be known is no such reason. */
  unanswered?: KubeError;
}

export class Preflight implements Disposable {
  readonly #facts: FactsAsked;

  constructor(private readonly o: { cluster: Cluster; access: Access; now?: () => number }) {
    this.#facts = new FactsAsked(o);
  }

  /**
   * The findings about a form; writes nothing. While somebody types, answers of the last seconds are used again.
   * @param options the form's, as they stand now
   * @param o.fresh ask anew: for what is about to be launched
   * @param o.until when this aborts, what has no answer yet is not waited for
   * @throws the signal's reason
   */
  async look(
    form: SpawnForm,
    options: SpawnOptions,
    o: PreflightAbout & { fresh?: boolean; until?: AbortSignal; signal?: AbortSignal } = {},
  ): Promise<Looked> {
    const { edit, fresh, until, signal } = o;
    const own = findings(form, options, edit);
    if (form.namespace === '') return { all: own, cluster: [] };
    let problem: KubeError | undefined;
    const unanswered = (error: KubeError): void => {
      problem ??= error;
    };
    const isNew = edit?.start.name !== form.name.trim() || edit.start.namespace !== form.namespace;
    const facts = await this.#facts.of(form, options, isNew, { fresh, until, signal, unanswered });
    const { notebook } = this.#made(form, options, o);
    const found = clusterFindings(form, notebook, options, facts, edit);
    const cluster = edit ? overlooked(found, form, edit.start) : found;
    return {
      all: merged(own, cluster),
      cluster,
      ...(facts.nodes ? { gpus: gpuRoom(facts.nodes, facts.podsOnNodes) } : {}),
      ...(problem ? { unanswered: problem } : {}),
    };
  }

  /** The findings about a form that is about to be launched: asked anew, and judged by what is known after some seconds. */
  lookNow(form: SpawnForm, options: SpawnOptions, o: PreflightAbout & { signal?: AbortSignal } = {}): Promise<Looked> {
    return this.look(form, options, { ...o, fresh: true, until: AbortSignal.timeout(patienceMs) });
  }

  /**
   * The API server's own word on a form without errors, by a dry-run of all that it makes. Not for an edit, which is no
   * creation.
   * @throws the signal's reason
   */
  dryRun(form: SpawnForm, options: SpawnOptions, o: PreflightAbout & { signal?: AbortSignal } = {}): Promise<DryRun> {
    return dryRun(this.o.cluster, form, this.#made(form, options, o), o.signal);
  }

  dispose(): void {
    this.#facts.dispose();
  }

  #made(form: SpawnForm, { config }: SpawnOptions, { creator, base, podDefaults }: PreflightAbout): Manifests {
    return manifests(form, { config, creator, base, podDefaults });
  }
}
