/**
 * The launch: everything is checked by a server dry-run, then the claims and the Notebook are made, and what was made is
 * undone if a later object is refused. Every object carries the launch's id, and undoing touches nothing that does not.
 * What is being done stands in the journal (docs/adr/0013): launch/unfinished.ts takes up what this process could not end.
 */
import type { Cluster } from '../k8s/cluster.ts';
import type { KubeError } from '../k8s/errors.ts';
import type { SpawnForm } from './form.ts';
import { manifests } from './form/manifests.ts';
import { failingField } from './form/spawnField.ts';
import type { SpawnerConfig } from './form/spawnerConfig.ts';
import { checkObjects } from './launch/check.ts';
import { entryOf } from './launch/entry.ts';
import type { LaunchObject } from './launch/entry.ts';
import { LaunchTaken, noJournal } from './launch/journal.ts';
import type { LaunchJournal } from './launch/journal.ts';
import { Making, step } from './launch/making.ts';
import type { SpawnStep, StepOptions } from './launch/making.ts';
import { removeAll } from './launch/unfinished.ts';
import type { Notebook } from './objects.ts';

export type { SpawnStep } from './launch/making.ts';

export type SpawnResult =
  | {
      ok: true;
      notebook: Notebook;
      claims: string[];
      /** Takes everything back; gives the names of what could not be removed, which the journal keeps. */
      undo: (onStep: (step: SpawnStep) => void) => Promise<string[]>;
    }
  | {
      ok: false;
      problem: KubeError;
      /** The form's field that the refusal is about, where it can be told. */
      field?: string;
      /** Names of objects that this launch made and that could not be removed again. */
      left: string[];
    };

export interface LaunchOptions extends StepOptions {
  /** Where what is not over is written down; nowhere by default. */
  journal?: LaunchJournal;
  /** Marks what this launch makes; a fresh one by default. */
  launchId?: string;
  /** The user's name, for Kubeflow's creator annotation, where it is known. */
  creator?: string;
  /** Whose groups and limit factors the form uses; the built-in ones by default. */
  config?: SpawnerConfig;
  /** The Notebook that this one is a copy of. */
  base?: Notebook;
  /** Ends the launch: what was made is undone, and the launch rejects with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Launches a form. A refusal is a result, not an exception; only a bug, the signal, or another window that has taken over
 * makes it throw, and what was made is undone first, but for the last case, where it is the other's business.
 */
export async function launch(cluster: Cluster, form: SpawnForm, o: LaunchOptions): Promise<SpawnResult> {
  const { journal = noJournal, signal } = o;
  const { namespace } = form;
  const id = o.launchId ?? newLaunchId();
  const made = manifests(form, { launchId: id, creator: o.creator, base: o.base, config: o.config });
  const bodies = [...made.claims, made.notebook];
  const began = new Date((o.now ?? Date.now)()).toISOString();
  const about = { id, context: cluster.name, fingerprint: cluster.fingerprint, namespace, began };
  const entry = entryOf(made, { ...about, name: made.notebook.metadata.name }, o.base !== undefined);

  const plan = entry.objects.map(({ kind }, index) => ({ kind, body: bodies[index]! }));
  const refusal = await step(o, { id: 'check' }, () => checkObjects(cluster, namespace, plan, signal));
  if (refusal) return refused(form, made.notebook, refusal, []);

  signal?.throwIfAborted();
  const making = new Making(cluster, await journal.begin(entry), o);
  for (const [index, object] of entry.objects.entries()) {
    let problem: KubeError | undefined;
    try {
      signal?.throwIfAborted();
      problem = await making.make(object, bodies[index]!);
      signal?.throwIfAborted();
    } catch (error) {
      if (!(error instanceof LaunchTaken)) await making.undo();
      throw error;
    }
    if (problem) return refused(form, made.notebook, problem, await making.undo(), object);
  }
  await making.end();
  const undo = async (onStep: StepOptions['onStep']): Promise<string[]> => {
    const page = await journal.begin({ ...entry, doing: 'undoing' });
    const end = await removeAll(cluster, page, { ...o, onStep });
    return end === 'done' ? [] : end.left;
  };
  return { ok: true, notebook: made.notebook, claims: made.claims.map((c) => c.metadata.name), undo };
}

/** A launch's id: fits an annotation and a label. */
function newLaunchId(): string {
  return crypto.randomUUID();
}

function refused(
  form: SpawnForm,
  notebook: Notebook,
  problem: KubeError,
  left: string[],
  at?: LaunchObject,
): SpawnResult {
  const field = failingField(form, problem, at && { id: at.kind, name: at.name }, notebook);
  return field === undefined ? { ok: false, problem, left } : { ok: false, problem, field, left };
}
