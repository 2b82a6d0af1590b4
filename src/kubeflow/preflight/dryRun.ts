/** What the API server says to everything that a form would make, without any of it being made. */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import type { KubeError } from '../../k8s/errors.ts';
import type { SpawnForm } from '../form.ts';
import type { Manifests } from '../form/manifests.ts';
import { failingField } from '../form/spawnField.ts';
import { checkObjects } from '../launch/check.ts';

/** A refusal, or why there is no answer; neither where nothing is refused. */
export interface DryRun {
  refusal?: { problem: KubeError; field?: string };
  unanswered?: KubeError;
}

/**
 * Has the whole set judged by a server dry-run, as the launch will have it. What does not come from the API server's own
 * judgement, such as that it cannot be reached, refuses nothing.
 * @throws the signal's reason
 */
export async function dryRun(
  cluster: Cluster,
  form: SpawnForm,
  { claims, notebook }: Manifests,
  signal?: AbortSignal,
): Promise<DryRun> {
  const objects = [
    ...claims.map((body) => ({ kind: 'claim' as const, body })),
    { kind: 'notebook' as const, body: notebook },
  ];
  try {
    await checkObjects(cluster, form.namespace, objects, signal);
    return {};
  } catch (error) {
    signal?.throwIfAborted();
    if (!isKubeError(error)) throw error;
    if (!isJudgement(error)) return { unanswered: error };
    const field = failingField(form, error, undefined, notebook);
    return { refusal: { problem: error, ...(field === undefined ? {} : { field }) } };
  }
}

function isJudgement({ problem }: KubeError): boolean {
  switch (problem.code) {
    case 'Refused':
      return problem.by !== 'gateway';
    case 'AlreadyExists':
    case 'Forbidden':
    case 'Invalid':
    case 'NotFound':
      return true;
    default:
      return false;
  }
}
