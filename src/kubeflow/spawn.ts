/**
 * The launch: everything is checked by a server dry-run, then the claims and the Notebook are made, and what was made is
 * undone if a later object is refused. Every object carries the launch's id, and undoing touches nothing that does not.
 */
import type { Cluster } from '../k8s/cluster.ts';
import { isKubeError, KubeError } from '../k8s/errors.ts';
import type { KubeObject, PersistentVolumeClaim, Pod, ResourceType } from '../k8s/objects.ts';
import { persistentVolumeClaims, pods } from '../k8s/objects.ts';
import type { SpawnForm } from './form.ts';
import { manifests } from './form/manifests.ts';
import type { Manifests } from './form/manifests.ts';
import { annotations, notebooks, podName, podSpec } from './objects.ts';
import type { Notebook } from './objects.ts';
import { failingField } from './form/spawnField.ts';
import type { SpawnerConfig } from './form/spawnerConfig.ts';
import { hasClass } from './form/storage.ts';

/** One step of a launch; reported when it begins and when it ends. `ms` is how long it took. */
export interface SpawnStep {
  id: 'check' | 'claim' | 'notebook' | 'undo';
  /** The object's name; none for the check. */
  name?: string;
  state: 'running' | 'done' | 'failed';
  problem?: KubeError;
  ms?: number;
}

export type SpawnResult =
  | { ok: true; notebook: Notebook; claims: string[] }
  | {
      ok: false;
      problem: KubeError;
      /** The form's field that the refusal is about, where it can be told. */
      field?: string;
      /** Names of objects that this launch made and that could not be removed again. */
      left: string[];
    };

export interface LaunchOptions {
  onStep: (step: SpawnStep) => void;
  /** Marks what this launch makes; a fresh one by default. */
  launchId?: string;
  /** The user's name, for Kubeflow's creator annotation, where it is known. */
  creator?: string;
  /** Whose groups and limit factors the form uses; the built-in ones by default. */
  config?: SpawnerConfig;
  /** The Notebook that this one is a copy of. */
  base?: Notebook;
  /** Ends the launch: what was made is undone. */
  signal?: AbortSignal;
  now?: () => number;
}

interface Planned {
  type: ResourceType;
  body: KubeObject;
  id: 'claim' | 'notebook';
}

/**
 * Launches a form. A refusal is a result, not an exception; only a bug or the signal makes it throw, and then, too, what
 * was made is undone first.
 */
export async function launch(cluster: Cluster, form: SpawnForm, o: LaunchOptions): Promise<SpawnResult> {
  const launchId = o.launchId ?? newLaunchId();
  const made = manifests(form, { launchId, creator: o.creator, base: o.base, config: o.config });
  const plan: Planned[] = [
    ...made.claims.map((body) => ({ type: persistentVolumeClaims, body, id: 'claim' as const })),
    { type: notebooks, body: made.notebook, id: 'notebook' },
  ];
  const run = new Launch(cluster, form, launchId, o);
  const refusedByCheck = await run.step({ id: 'check' }, () => run.check(made));
  if (refusedByCheck) return run.refused(refusedByCheck);
  for (const [index, planned] of plan.entries()) {
    const name = planned.body.metadata.name;
    const tried = plan.slice(0, index + 1);
    let refused: KubeError | undefined;
    try {
      refused = await run.step({ id: planned.id, name }, () => run.create(planned));
      o.signal?.throwIfAborted();
    } catch (error) {
      await run.undo(tried);
      throw error;
    }
    if (refused) return run.refused(refused, tried, planned);
  }
  return { ok: true, notebook: made.notebook, claims: made.claims.map((c) => c.metadata.name) };
}

/** A launch's id: fits an annotation and a label. */
export function newLaunchId(): string {
  return crypto.randomUUID();
}

class Launch {
  constructor(
    private readonly cluster: Cluster,
    private readonly form: SpawnForm,
    private readonly launchId: string,
    private readonly o: LaunchOptions,
  ) {}

  /** Runs one step and reports it; a KubeError becomes the return value. */
  async step(step: Pick<SpawnStep, 'id' | 'name'>, work: () => Promise<void>): Promise<KubeError | undefined> {
    const now = this.o.now ?? Date.now;
    const began = now();
    this.o.onStep({ ...step, state: 'running' });
    try {
      await work();
    } catch (error) {
      const problem = isKubeError(error) ? error : undefined;
      this.o.onStep({ ...step, state: 'failed', problem, ms: now() - began });
      if (problem) return problem;
      throw error;
    }
    this.o.onStep({ ...step, state: 'done', ms: now() - began });
    return undefined;
  }

  /** Has the API server judge the whole set without making anything. */
  async check(made: Manifests): Promise<void> {
    const { signal } = this.o;
    const { namespace } = this.form;
    await this.cluster.create<Notebook>(notebooks, made.notebook, { namespace, dryRun: true, signal });
    for (const claim of made.claims) {
      const answer = await this.cluster.create<PersistentVolumeClaim>(persistentVolumeClaims, claim, {
        namespace,
        dryRun: true,
        signal,
      });
      if (!hasClass(answer)) throw noDefaultClass(claim.metadata.name);
    }
    await this.checkPod(made.notebook);
  }

  /**
   * The Notebook is taken whatever its pod template says; the pod is what a quota, a policy or a missing service account
   * refuses, minutes later and out of sight. So the pod is dry-run, too, where the user may create pods.
   */
  private async checkPod(notebook: Notebook): Promise<void> {
    const { name, namespace = this.form.namespace, labels } = notebook.metadata;
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: podName(notebook), namespace, labels: { ...labels, 'notebook-name': name, statefulset: name } },
      spec: podSpec(notebook),
    };
    try {
      await this.cluster.create<Pod>(pods, pod, { namespace, dryRun: true, signal: this.o.signal });
    } catch (error) {
      if (!isKubeError(error)) throw error;
      const { problem } = error;
      if (problem.code === 'Invalid') throw error;
      // Of refusals only the quota's is sure to hit the real pod as well: a webhook may just not know dry-runs.
      if (problem.code === 'Refused' && problem.by !== 'webhook') throw error;
    }
  }

  /**
   * Makes one object. A reply that got lost is not a refusal: the object is looked for under the launch's id. The signal
   * is minded before and after: a request that is cut off half way may be done later than any undoing looks.
   */
  async create({ type, body }: Planned): Promise<void> {
    const { namespace } = this.form;
    this.o.signal?.throwIfAborted();
    try {
      await this.cluster.create(type, body, { namespace });
    } catch (error) {
      if (!isKubeError(error) || !mayHaveWorked(error)) throw error;
      if ((await this.own({ type, body })) === undefined) throw error;
    }
  }

  /** The refused launch's result, after removing what it had made. */
  async refused(problem: KubeError, tried: readonly Planned[] = [], at?: Planned): Promise<SpawnResult> {
    const left = await this.undo(tried);
    const field = failingField(this.form, problem, at ? { id: at.id, name: at.body.metadata.name } : undefined);
    return field === undefined ? { ok: false, problem, left } : { ok: false, problem, field, left };
  }

  /** Removes what this launch made of the tried objects, the last one first; gives the names of those that stay. */
  async undo(tried: readonly Planned[]): Promise<string[]> {
    const left: string[] = [];
    for (const planned of [...tried].reverse()) {
      const { name } = planned.body.metadata;
      const { namespace } = this.form;
      try {
        const mine = await this.own(planned);
        if (!mine) continue;
        const { uid } = mine.metadata;
        const problem = await this.step({ id: 'undo', name }, () =>
          this.cluster.delete(planned.type, { namespace, name }, { uid, propagation: 'Background' }),
        );
        if (problem && problem.code !== 'NotFound') left.push(name);
      } catch (error) {
        if (!isKubeError(error)) throw error;
        // It could not even be looked at. A claim or Notebook that was never made is not there either, so say so only
        // of what may be.
        this.o.onStep({ id: 'undo', name, state: 'failed', problem: error, ms: 0 });
        left.push(name);
      }
    }
    return left;
  }

  /** The object as it stands, if this launch made it. Not bound to the signal: undoing must outlive a cancel. */
  private async own({ type, body }: Pick<Planned, 'type' | 'body'>): Promise<KubeObject | undefined> {
    try {
      const where = { namespace: this.form.namespace, name: body.metadata.name };
      const found = await this.cluster.get<KubeObject>(type, where);
      return found.metadata.annotations?.[annotations.launch] === this.launchId ? found : undefined;
    } catch (error) {
      if (isKubeError(error, 'NotFound')) return undefined;
      throw error;
    }
  }
}

/** After these the object may stand all the same: the request went out and no honest answer came back. */
function mayHaveWorked(error: KubeError): boolean {
  return ['Unreachable', 'Timeout', 'ServerError', 'AlreadyExists'].includes(error.code);
}

function noDefaultClass(claim: string): KubeError {
  const message = `PersistentVolumeClaim ${claim}: no storage class was asked for and the cluster has no default one`;
  return new KubeError({ code: 'Invalid', message, fields: [{ field: 'spec.storageClassName', message }] });
}
