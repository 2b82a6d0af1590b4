/** A Notebook as a person writes it: without what the API server and the controllers keep in it. Pure. */
import { omit } from '../form/kept.ts';
import type { Notebook } from '../objects.ts';

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
  return { apiVersion, kind, metadata: kept, ...rest };
}
