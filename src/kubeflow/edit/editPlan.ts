/**
 * What an edit does to a server, as data: the one patch of its Notebook, and whether the StatefulSet has to be made anew
 * for the pod to become what the Notebook says. The notebook controller (v1.11) writes only the pod template's spec over a
 * StatefulSet that exists; and a StatefulSet does not replace a pod that is not ready. Pure.
 */
import type { Pod, StatefulSet } from '../../k8s/objects.ts';
import { annotations, isStopped } from '../objects.ts';
import type { Notebook } from '../objects.ts';
import { changesBetween, pointer } from './jsonPatch.ts';
import type { PatchOperation } from './jsonPatch.ts';
import type { Standing } from './standing.ts';

export interface EditPlan {
  /** The patch of the Notebook, with the tests that make somebody else's change in between a conflict; empty: none. */
  patch: PatchOperation[];
  /** Why the StatefulSet has to be deleted, which lets the controller make it anew. */
  renew?: 'labels' | 'stuck';
  /** Does a pod that is there now end? */
  restarts: boolean;
  isStopped: boolean;
}

/** @param base as the form was read from; @param wanted as it is to be */
export function editPlan(base: Notebook, wanted: Notebook, { statefulSet, pod }: Standing): EditPlan {
  const changes = changesBetween(base, wanted);
  const spec = changes.some(({ path }) => path === '/spec' || path.startsWith('/spec/'));
  const stopped = isStopped(base);
  const alive = pod && pod.metadata.deletionTimestamp === undefined ? pod : undefined;
  const goesAnyway = !alive || spec;
  const stale = statefulSet !== undefined && isStale(base, wanted, statefulSet, { goesAnyway });
  const stuck = !stopped && alive !== undefined && !isReady(alive) && (spec || isOutdated(alive, statefulSet));
  const renew = stale ? 'labels' : stuck && statefulSet ? 'stuck' : undefined;
  return {
    patch: changes.length === 0 ? [] : [...testsOf(base, changes), ...changes],
    ...(renew ? { renew } : {}),
    restarts: alive !== undefined && !stopped && (spec || renew !== undefined),
    isStopped: stopped,
  };
}

/**
 * The Notebook is the one that the form was read from: the generation counts the changes of its spec and not those of its
 * status, which come all the time. Of labels and annotations only those are tested that are written.
 */
function testsOf(base: Notebook, changes: readonly PatchOperation[]): PatchOperation[] {
  const { uid, generation } = base.metadata;
  const test = (path: string, value: unknown): PatchOperation[] =>
    value === undefined ? [] : [{ op: 'test', path, value }];
  const tests = [...test('/metadata/uid', uid), ...test('/metadata/generation', generation)];
  for (const part of ['labels', 'annotations'] as const) {
    const path = pointer('/metadata', part);
    // Adding the whole map would drop what others have added since.
    if (changes.some((change) => change.path === path && change.op === 'add')) tests.push(...test(path, null));
    for (const [key, value] of Object.entries(base.metadata[part] ?? {})) {
      const at = pointer(path, key);
      if (changes.some((change) => change.path === at || change.path === path)) tests.push(...test(at, value));
    }
  }
  return tests;
}

/** Keys of a pod's labels that are the controller's own. */
const controllerLabels: readonly string[] = ['statefulset', 'notebook-name'];

/**
 * Has the StatefulSet a pod template with other labels or annotations than it is to have? One that is there and that
 * nobody asked for may come from a webhook: it is taken for what an earlier edit has left only where the pod goes anyway.
 */
export function isStale(
  base: Notebook,
  wanted: Notebook,
  statefulSet: StatefulSet,
  { goesAnyway }: { goesAnyway: boolean },
): boolean {
  const template = statefulSet.spec?.template.metadata;
  const parts = [
    { before: base.metadata.labels, after: wanted.metadata.labels, there: template?.labels, own: controllerLabels },
    {
      before: podAnnotations(base),
      after: podAnnotations(wanted),
      there: template?.annotations,
      own: [annotations.stopped],
    },
  ];
  return parts.some(({ before = {}, after = {}, there = {}, own }) => {
    const differs = Object.entries(after).some(([key, value]) => !own.includes(key) && there[key] !== value);
    const left = Object.keys(there).filter((key) => !own.includes(key) && !(key in after));
    return differs || left.some((key) => goesAnyway || key in before);
  });
}

/** Those that the controller gives to the pod. The stop annotation gets there by chance, and means nothing there. */
function podAnnotations({ metadata }: Notebook): Record<string, string> {
  const all = Object.entries(metadata.annotations ?? {});
  return Object.fromEntries(
    all.filter(([key]) => !key.includes('kubectl') && !key.includes('notebook') && key !== annotations.stopped),
  );
}

/** Is the pod made from an older template than the StatefulSet has now? */
function isOutdated(pod: Pod, statefulSet: StatefulSet | undefined): boolean {
  const { updateRevision } = statefulSet?.status ?? {};
  const revision = pod.metadata.labels?.['controller-revision-hash'];
  return updateRevision !== undefined && revision !== undefined && revision !== updateRevision;
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}
