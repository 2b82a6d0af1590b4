/** A Notebook as a person writes it: without what the API server, the controllers and kubectl keep in it. Pure. */
import { omit } from '../form/kept.ts';
import type { Notebook } from '../objects.ts';

/** kubectl's note repeats the whole of what was once applied. */
const applied = 'kubectl.kubernetes.io/last-applied-configuration';

export function withoutServerFields(notebook: Notebook): Notebook {
  const { apiVersion, kind, metadata, ...rest } = omit(notebook, 'status');
  const kept = omit(
    metadata as Notebook['metadata'] & { managedFields?: unknown },
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'managedFields',
  );
  if (kept.annotations && applied in kept.annotations) kept.annotations = omit(kept.annotations, applied);
  return { apiVersion, kind, metadata: kept, ...rest };
}
