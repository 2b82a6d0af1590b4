/** Objects of the server's name that are no notebook server's. Pure. */
import type { KubeObject } from '../../k8s/objects.ts';
import type { Report } from '../form/finding.ts';
import type { SpawnForm } from '../form.ts';
import { notebooks, podName } from '../objects.ts';
import type { Leftover } from './facts.ts';

/**
 * Whether an object is in a new server's way. The notebook controller looks for a StatefulSet and a Service by name alone
 * and writes the Notebook's over whatever it finds (kubeflow/notebooks v1.11.0, notebook_controller.go): somebody's own
 * workload would be replaced, a leftover would keep the labels of its pods, and neither would go with the server. What a
 * Notebook of that name owns is its own; where that Notebook is gone, it goes as well.
 */
export function leftoverOf(kind: Leftover['kind'], name: string, found: KubeObject | undefined): Leftover | undefined {
  if (!found) return undefined;
  const { deletionTimestamp, ownerReferences = [] } = found.metadata;
  const owner = kind === 'Pod' ? 'StatefulSet' : notebooks.kind;
  const owned = ownerReferences.some((one) => one.kind === owner && one.name === name);
  // A pod goes with its StatefulSet, of which it is told already.
  if (kind === 'Pod' && owned) return undefined;
  return { kind, going: owned || deletionTimestamp !== undefined };
}

export function checkLeftovers(form: SpawnForm, leftovers: readonly Leftover[], report: Report): void {
  const name = form.name.trim();
  const { namespace } = form;
  const stays = leftovers.find(({ going }) => !going);
  if (stays?.kind === 'Pod') report('name', 'error', 'leftoverPod', { name: podName({ metadata: { name } }) });
  else if (stays) report('name', 'error', `leftover${stays.kind}`, { name, namespace });
  else if (leftovers.length > 0) report('name', 'note', 'leftoverGoing', { name });
}
