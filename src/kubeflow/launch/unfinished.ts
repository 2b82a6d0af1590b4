/** Launches that their process could not end: what stands of them, and the two ways out. */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import type { KubeError } from '../../k8s/errors.ts';
import type { KubeObject } from '../../k8s/objects.ts';
import { checkObjects } from './check.ts';
import { claimsOfOthers } from './claimsOfOthers.ts';
import { withValues } from './entry.ts';
import type { LaunchEntry, LaunchObject, Withheld } from './entry.ts';
import type { JournalPage, LaunchJournal } from './journal.ts';
import { Making, ownObject, step } from './making.ts';
import type { StepOptions } from './making.ts';

/** A launch of which a part stands. */
export interface Unfinished {
  entry: LaunchEntry;
  /** Names of what stands of it. */
  standing: string[];
  /** Everything that is still to be made is written down, but for the values in `ask`. */
  canFinish: boolean;
  /** Variables whose values only the user knows. */
  ask: readonly Withheld[];
}

/** ms. A request that a process sent just before its end may be done that much later, at most: by a slow webhook, say. */
const settling = 60_000;

export interface FindOptions {
  now?: () => number;
  /** Told each launch of which the cluster does not say what stands: it stays in the journal. */
  onUnknown?: (entry: LaunchEntry, problem: KubeError) => void;
  /** Told where a later look may find more: another window works on a launch, or a request of one may still be under way. */
  onOpen?: () => void;
  /** Ids of launches that are not to be looked at. */
  known?: ReadonlySet<string>;
}

/**
 * Compares the journal with the cluster: a launch that is complete, or of which nothing stands, is forgotten.
 * @returns those of which a part stands, the oldest first
 * @throws KubeError where the cluster cannot be asked and nobody is to be told: the rest stays in the journal
 */
export async function findUnfinished(
  cluster: Cluster,
  journal: LaunchJournal,
  { now = Date.now, onUnknown, onOpen, known }: FindOptions = {},
): Promise<Unfinished[]> {
  const found: Unfinished[] = [];
  for (const entry of await journal.unfinished(onOpen)) {
    if (entry.context !== cluster.name || entry.fingerprint !== cluster.fingerprint || known?.has(entry.id)) continue;
    let stands: Awaited<ReturnType<typeof standing>>;
    try {
      stands = await standing(cluster, entry);
    } catch (error) {
      // In one namespace much may be forbidden that the others allow.
      if (!onUnknown || !isKubeError(error)) throw error;
      onUnknown(entry, error);
      continue;
    }
    if (stands !== 'complete' && stands !== 'nothing') found.push(stands);
    else if (stands === 'nothing' && mayStillCome(entry, now())) onOpen?.();
    else await (await journal.take(entry.id))?.end();
  }
  return found;
}

async function standing(cluster: Cluster, entry: LaunchEntry): Promise<Unfinished | 'complete' | 'nothing'> {
  const { objects, doing, withheld } = entry;
  // All was made once: what became of it since is the user's doing.
  if (doing === 'making' && !entry.edit && objects.every(({ state }) => state === 'made')) return 'complete';
  const there = new Set<LaunchObject>();
  for (const object of objects) {
    if (object.state !== 'planned' && (await ownObject(cluster, entry, object))) there.add(object);
  }
  // The Notebook names an edit's volumes from its patch on, and everything is done with it.
  if (entry.edit) {
    const used = await claimsOfOthers(cluster, entry);
    for (const object of there) if (used.has(object.name)) there.delete(object);
  }
  if (there.size === 0) return 'nothing';
  if (entry.edit) return { entry, standing: [...there].map(({ name }) => name), canFinish: false, ask: [] };
  if (doing === 'making' && there.size === objects.length) return 'complete';
  const missing = objects.filter((object) => !there.has(object));
  const ask = missing.some(({ kind }) => kind === 'notebook') ? withheld : [];
  const canFinish = missing.every(({ body }) => body !== undefined);
  return { entry, standing: [...there].map(({ name }) => name), canFinish, ask };
}

/** Nothing is seen of it yet, and it is too early to forget it. */
function mayStillCome({ objects, began }: LaunchEntry, now: number): boolean {
  return objects.some(({ state }) => state === 'tried') && Math.abs(now - Date.parse(began)) < settling;
}

/** 'elsewhere': another window deals with it, or has done so. */
export type Settled = 'done' | 'elsewhere' | { problem?: KubeError; left: string[] };

/**
 * Makes what is missing of a launch. Where that is refused it stays as it is, and in the journal.
 * @param values of the variables in `ask`, in their order
 */
export async function finish(
  cluster: Cluster,
  journal: LaunchJournal,
  { entry: { id } }: Unfinished,
  o: StepOptions & { values?: readonly string[] },
): Promise<Settled> {
  const page = await journal.take(id);
  if (!page) return 'elsewhere';
  try {
    const problem = await makeMissing(cluster, page, o);
    if (problem) return { problem, left: names(page) };
  } finally {
    // A no-op after the end.
    await page.release();
  }
  return 'done';
}

async function makeMissing(
  cluster: Cluster,
  page: JournalPage,
  o: StepOptions & { values?: readonly string[] },
): Promise<KubeError | undefined> {
  const { entry } = page;
  const missing: { object: LaunchObject; kind: LaunchObject['kind']; body: KubeObject }[] = [];
  const refusal = await step(o, { id: 'check' }, async () => {
    for (const object of entry.objects) {
      if (object.state !== 'planned' && (await ownObject(cluster, entry, object))) continue;
      if (!object.body) throw new Error(`the journal holds no body of ${object.name}`);
      const body = withValues(object.body, entry.withheld, o.values ?? []);
      missing.push({ object, kind: object.kind, body });
    }
    await checkObjects(cluster, entry.namespace, missing);
  });
  if (refusal) return refusal;
  await page.write((e) => {
    e.doing = 'making';
    // What is made anew is another object.
    for (const { object } of missing) delete object.uid;
  });
  const making = new Making(cluster, page, o);
  for (const { object, body } of missing) {
    const problem = await making.make(object, body);
    if (problem) return problem;
  }
  await making.end();
  return undefined;
}

/** Removes what stands of a launch; what cannot be removed now stays in the journal. */
export async function discard(
  cluster: Cluster,
  journal: LaunchJournal,
  { entry: { id } }: Unfinished,
  o: StepOptions,
): Promise<Settled> {
  const page = await journal.take(id);
  if (!page) return 'elsewhere';
  return removeAll(cluster, page, o);
}

/**
 * Undoes a launch some time after it made its objects: a claim that another notebook server or pod uses by now stays, as
 * it is their data.
 */
export async function removeAll(
  cluster: Cluster,
  page: JournalPage,
  o: StepOptions,
): Promise<'done' | { problem?: KubeError; left: string[] }> {
  const { entry } = page;
  try {
    const used = await claimsOfOthers(cluster, entry);
    for (const object of entry.objects) {
      if (object.kind === 'claim' && used.has(object.name)) await page.write(() => (object.state = 'planned'));
    }
  } catch (error) {
    await page.release();
    if (!isKubeError(error)) throw error;
    const left = names(page);
    for (const name of left) o.onStep({ id: 'undo', name, state: 'failed', problem: error, ms: 0 });
    return { problem: error, left };
  }
  const left = await new Making(cluster, page, o).undo();
  return left.length === 0 ? 'done' : { left };
}

function names({ entry }: JournalPage): string[] {
  return entry.objects.filter(({ state }) => state !== 'planned').map(({ name }) => name);
}
