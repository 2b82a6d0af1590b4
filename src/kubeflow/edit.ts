/**
 * The edit of a server that stands: everything is checked by a server dry-run, its new volumes are made, and the Notebook is
 * changed by one patch, with which the edit is complete (docs/adr/0017). What comes after it, making the StatefulSet anew,
 * only brings the pod there sooner: wherever the process ends, the Notebook says what is to run, and is not stopped.
 */
import type { Cluster } from '../k8s/cluster.ts';
import { isKubeError } from '../k8s/errors.ts';
import type { KubeError } from '../k8s/errors.ts';
import type { SpawnForm } from './form.ts';
import { manifests } from './form/manifests.ts';
import type { ManifestOptions, Manifests } from './form/manifests.ts';
import { failingField } from './form/spawnField.ts';
import { checkEdit } from './edit/checkEdit.ts';
import { editPlan } from './edit/editPlan.ts';
import type { EditPlan } from './edit/editPlan.ts';
import { changedMeanwhile } from './edit/meanwhile.ts';
import { renewed } from './edit/renew.ts';
import { standingOf } from './edit/standing.ts';
import type { Standing } from './edit/standing.ts';
import { editEntryOf } from './launch/entry.ts';
import { LaunchTaken, noJournal } from './launch/journal.ts';
import type { LaunchJournal } from './launch/journal.ts';
import { Making, mayHaveWorked, step } from './launch/making.ts';
import type { StepOptions } from './launch/making.ts';
import { fieldManager, notebooks } from './objects.ts';
import type { Notebook } from './objects.ts';

export interface EditOptions extends StepOptions, Pick<ManifestOptions, 'config' | 'podDefaults'> {
  /** The Notebook that the form was read from, as the API server gave it. */
  base: Notebook;
  /** Where new volumes are written down until the Notebook names them; nowhere by default. */
  journal?: LaunchJournal;
  /** Ends the edit before the patch: new volumes are removed, and it rejects with the signal's reason. */
  signal?: AbortSignal;
}

export type EditResult =
  | {
      ok: true;
      /** Names of the volumes that were made. */
      claims: string[];
      /** 'starts': there will be another pod, in the place of the one with the uid `replaces`, if there is one now. */
      then: 'starts' | 'goesOn' | 'staysStopped';
      replaces?: string;
    }
  | {
      ok: false;
      problem: KubeError;
      /** The form's field that the refusal is about, where it can be told. */
      field?: string;
      /** Somebody else has changed the Notebook since the form was read. */
      conflict?: true;
      /** Names of new volumes that could not be removed again. */
      left: string[];
    };

/** Marks an edit's new volumes. Absent where there are none: an edit leaves no other trace. */
function editId(): string {
  return crypto.randomUUID();
}

/**
 * Makes a server what its form says. A refusal is a result, not an exception; only a bug, the signal, or another window that
 * has taken over makes it throw, and its new volumes are removed first, but for the last case, where it is the other's business.
 */
export async function editServer(cluster: Cluster, form: SpawnForm, o: EditOptions): Promise<EditResult> {
  const { base, config, podDefaults, signal } = o;
  const { name, namespace = form.namespace } = base.metadata;
  const id = editId();
  const made = manifests(form, { base, config, podDefaults, launchId: id });
  const ref = { namespace, name };
  let standing: Standing = {};
  let plan: EditPlan | undefined;

  const refusal = await step(o, { id: 'check' }, async () => {
    standing = await standingOf(cluster, ref, signal);
    plan = editPlan(base, made.notebook, standing);
    await checkEdit(cluster, { base, made, plan, standing }, signal);
  });
  if (refusal) return refused(cluster, form, made, refusal, { base, left: [] });
  if (!plan) throw new Error('an edit that was checked has a plan');

  const { problem, left } = await patched(cluster, made, plan, { ...o, id });
  if (problem) return refused(cluster, form, made, problem, { base, left });
  const { statefulSet } = standing;
  const isFollowed = plan.patch.some(({ path }) => path.startsWith('/spec'));
  const isRenewed =
    plan.renew === undefined ||
    (await renewed(cluster, { ...o, base, wanted: made.notebook, statefulSet, isFollowed }));
  const claims = made.claims.map(({ metadata }) => metadata.name);
  if (plan.isStopped) return { ok: true, claims, then: 'staysStopped' };
  const { uid } = standing.pod?.metadata ?? {};
  if (uid === undefined) return { ok: true, claims, then: 'starts' };
  // Where the StatefulSet could not be deleted, the pod goes all the same for another spec, unless it is not ready.
  const goes = isRenewed || (plan.renew === 'labels' && isFollowed);
  return plan.restarts && goes
    ? { ok: true, claims, then: 'starts', replaces: uid }
    : { ok: true, claims, then: 'goesOn' };
}

/** The new volumes, then the patch, and with it the end of the journal's entry. */
async function patched(
  cluster: Cluster,
  made: Manifests,
  { patch }: EditPlan,
  o: EditOptions & { id: string },
): Promise<{ problem?: KubeError; left: string[] }> {
  const { journal = noJournal, signal } = o;
  const { name, namespace = '' } = made.notebook.metadata;
  signal?.throwIfAborted();
  const began = new Date((o.now ?? Date.now)()).toISOString();
  const about = { id: o.id, context: cluster.name, fingerprint: cluster.fingerprint, namespace, name, began };
  const entry = editEntryOf(made, about);
  const makes = entry.objects.length > 0;
  const making = new Making(cluster, await (makes ? journal : noJournal).begin(entry), o);
  let problem: KubeError | undefined;
  try {
    for (const [index, object] of entry.objects.entries()) {
      problem ??= await making.make(object, made.claims[index]!);
      signal?.throwIfAborted();
    }
    if (!problem && patch.length > 0) {
      problem = await step(o, { id: 'patch', name }, () => send(cluster, made.notebook, patch));
    }
  } catch (error) {
    if (!(error instanceof LaunchTaken)) await making.undo();
    throw error;
  }
  // Where nobody knows, what was made is looked at again by the next window that looks: the Notebook may name it by then.
  if (problem && mayHaveWorked(problem)) return { problem, left: makes ? await making.leave() : [] };
  if (problem) return { problem, left: await making.undo() };
  await making.end();
  return { left: [] };
}

/** The patch. Where its answer got lost, a look at the Notebook tells. */
async function send(cluster: Cluster, wanted: Notebook, patch: EditPlan['patch']): Promise<void> {
  const { name, namespace } = wanted.metadata;
  try {
    await cluster.patch(notebooks, { namespace, name }, patch, { kind: 'json', fieldManager });
  } catch (error) {
    if (!isKubeError(error) || !mayHaveWorked(error)) throw error;
    const now = await cluster.get<Notebook>(notebooks, { namespace, name }).catch((unseen: unknown) => {
      // That it cannot be seen is no word on the patch: nobody knows whether it was done.
      if (isKubeError(unseen)) throw error;
      throw unseen;
    });
    if (changedMeanwhile(wanted, now)) throw error;
  }
}

/** A test of the patch that did not hold is refused as invalid, and so is a value: which of them it was, a look tells. */
async function refused(
  cluster: Cluster,
  form: SpawnForm,
  made: Manifests,
  problem: KubeError,
  { base, left }: { base: Notebook; left: string[] },
): Promise<EditResult> {
  const { name, namespace } = base.metadata;
  if (problem.code === 'Invalid' || problem.code === 'Conflict') {
    const now = await cluster.get<Notebook>(notebooks, { namespace, name }).catch((error: unknown) => {
      if (isKubeError(error)) return undefined;
      throw error;
    });
    if (now && changedMeanwhile(base, now)) return { ok: false, problem, conflict: true, left };
  }
  const field = failingField(form, problem, undefined, made.notebook);
  return field === undefined ? { ok: false, problem, left } : { ok: false, problem, field, left };
}
