/** The steps of one launch: making its objects, and removing again what it made, each written down before it is done. */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import type { KubeError } from '../../k8s/errors.ts';
import type { KubeObject } from '../../k8s/objects.ts';
import { annotations } from '../objects.ts';
import { typeOf } from './entry.ts';
import type { LaunchEntry, LaunchObject } from './entry.ts';
import { LaunchTaken } from './journal.ts';
import type { JournalPage } from './journal.ts';

/** One step of a launch; reported when it begins and when it ends. `ms` is how long it took. */
export interface SpawnStep {
  id: 'check' | 'claim' | 'notebook' | 'undo' | 'patch' | 'renew';
  /** The object's name; none for the check. */
  name?: string;
  state: 'running' | 'done' | 'failed';
  problem?: KubeError;
  ms?: number;
}

export interface StepOptions {
  onStep: (step: SpawnStep) => void;
  now?: () => number;
}

/** Runs one step and reports it; a KubeError becomes the return value. */
export async function step(
  o: StepOptions,
  what: Pick<SpawnStep, 'id' | 'name'>,
  work: () => Promise<void>,
): Promise<KubeError | undefined> {
  const now = o.now ?? Date.now;
  const began = now();
  o.onStep({ ...what, state: 'running' });
  try {
    await work();
  } catch (error) {
    const problem = isKubeError(error) ? error : undefined;
    o.onStep({ ...what, state: 'failed', problem, ms: now() - began });
    if (problem) return problem;
    throw error;
  }
  o.onStep({ ...what, state: 'done', ms: now() - began });
  return undefined;
}

/**
 * The object as it stands, if this launch made it. One that is being deleted, or that another has made anew since, with
 * whatever annotations, is none of ours.
 */
export async function ownObject(
  cluster: Cluster,
  { id, namespace }: Pick<LaunchEntry, 'id' | 'namespace'>,
  { kind, name, uid }: Pick<LaunchObject, 'kind' | 'name' | 'uid'>,
): Promise<KubeObject | undefined> {
  try {
    const { metadata, ...rest } = await cluster.get<KubeObject>(typeOf[kind], { namespace, name });
    const ours = metadata.annotations?.[annotations.launch] === id && (uid === undefined || uid === metadata.uid);
    return ours && metadata.deletionTimestamp === undefined ? { ...rest, metadata } : undefined;
  } catch (error) {
    if (isKubeError(error, 'NotFound')) return undefined;
    throw error;
  }
}

export class Making {
  /** A request went out of which nobody knows whether it was, or will be, done. */
  private doubt = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly page: JournalPage,
    private readonly o: StepOptions,
  ) {}

  /**
   * Makes one object. A reply that got lost is no refusal: the object is looked for under the launch's id. Bound to no
   * signal: a request that is cut off half way may be done later than any undoing looks.
   * @returns the refusal, or that nobody knows
   */
  make(object: LaunchObject, body: KubeObject): Promise<KubeError | undefined> {
    return step(this.o, { id: object.kind, name: object.name }, async () => {
      await this.page.write(() => (object.state = 'tried'));
      const uid = await this.create(object, body);
      await this.page.write(() => {
        object.state = 'made';
        object.uid = uid;
      });
    });
  }

  private async create(object: LaunchObject, body: KubeObject): Promise<string | undefined> {
    const { namespace } = this.page.entry;
    try {
      return (await this.cluster.create<KubeObject>(typeOf[object.kind], body, { namespace })).metadata.uid;
    } catch (error) {
      if (!isKubeError(error)) throw error;
      if (wasNotSent(error)) await this.page.write(() => (object.state = 'planned'));
      if (!mayHaveWorked(error)) throw error;
      const unknown = error.code !== 'AlreadyExists';
      this.doubt ||= unknown;
      const mine = await ownObject(this.cluster, this.page.entry, object);
      if (!mine) throw error;
      if (unknown) this.doubt = false;
      return mine.metadata.uid;
    }
  }

  /**
   * Leaves it to the next window that looks, as nobody knows whether it is over.
   * @returns names of what was made
   */
  async leave(): Promise<string[]> {
    await this.page.release();
    return this.page.entry.objects.filter(({ state }) => state !== 'planned').map(({ name }) => name);
  }

  /** Everything stands. */
  end(): Promise<void> {
    return this.page.end();
  }

  /**
   * Removes what this launch made, the last one first. What cannot be removed now stays in the journal, and so does a
   * launch of which a request may still be under way.
   * @returns names of those that stay
   */
  async undo(): Promise<string[]> {
    const { entry } = this.page;
    await this.note((e) => (e.doing = 'undoing'));
    const left: string[] = [];
    for (const object of [...entry.objects].reverse()) {
      if (object.state === 'planned') continue;
      if (await this.remove(object)) await this.note(() => forget(object));
      else left.push(object.name);
    }
    if (left.length > 0 || this.doubt) await this.page.release();
    else await this.page.end();
    return left;
  }

  /** A disk that takes nothing is no reason to leave in the cluster what can be removed. */
  private async note(change: (entry: LaunchEntry) => void): Promise<void> {
    try {
      await this.page.write(change);
    } catch (error) {
      if (error instanceof LaunchTaken) throw error;
      change(this.page.entry);
    }
  }

  /** @returns whether nothing of ours by this name is left */
  private async remove(object: LaunchObject): Promise<boolean> {
    const { cluster, page } = this;
    const { namespace } = page.entry;
    const { kind, name } = object;
    try {
      const mine = await ownObject(cluster, page.entry, object);
      if (!mine) return true;
      const { uid } = mine.metadata;
      const problem = await step(this.o, { id: 'undo', name }, async () => {
        try {
          await cluster.delete(typeOf[kind], { namespace, name }, { uid, propagation: 'Background' });
        } catch (error) {
          // Gone, or another's by now; and where nobody knows, a look tells.
          if (isKubeError(error) && ['NotFound', 'Conflict'].includes(error.code)) return;
          if (!isKubeError(error) || !mayHaveWorked(error)) throw error;
          if (await ownObject(cluster, page.entry, object)) throw error;
        }
      });
      return problem === undefined;
    } catch (error) {
      if (!isKubeError(error)) throw error;
      // It could not even be looked at.
      this.o.onStep({ id: 'undo', name, state: 'failed', problem: error, ms: 0 });
      return false;
    }
  }
}

/** A request that was not answered but may be under way stays 'tried': the next window that looks searches for it. */
function forget(object: LaunchObject): void {
  if (object.state === 'made') object.state = 'planned';
  delete object.uid;
}

/** After these the object may stand all the same: the request went out and no honest answer came back. */
export function mayHaveWorked(error: KubeError): boolean {
  return !wasNotSent(error) && ['Unreachable', 'Timeout', 'ServerError', 'AlreadyExists'].includes(error.code);
}

/** No connection, no request. */
function wasNotSent({ problem }: KubeError): boolean {
  return problem.code === 'Unreachable' && ['refused', 'dns'].includes(problem.reason);
}
