/** The requests that change objects, as the API wants them. */
import { resourcePath, type ResourceType } from './objects.ts';
import { patchTypes, type KubeRequest } from './requests.ts';

export interface CreateOptions {
  namespace?: string;
  dryRun?: boolean;
  signal?: AbortSignal;
}

export interface PatchOptions {
  kind: keyof typeof patchTypes;
  dryRun?: boolean;
  /** Needed for `apply`. */
  fieldManager?: string;
  /** With `apply`: takes over fields of other managers. */
  force?: boolean;
  signal?: AbortSignal;
}

export interface DeleteOptions {
  propagation?: 'Foreground' | 'Background' | 'Orphan';
  /** Only that very object is deleted. */
  uid?: string;
  signal?: AbortSignal;
}

export function createRequest(type: ResourceType, body: unknown, o: CreateOptions): KubeRequest {
  return {
    method: 'POST',
    path: resourcePath(type, { namespace: o.namespace }),
    query: { dryRun: o.dryRun ? 'All' : undefined },
    body,
    signal: o.signal,
  };
}

export function patchRequest(
  type: ResourceType,
  where: { namespace?: string; name: string; subresource?: string },
  body: unknown,
  { kind, dryRun, fieldManager, force, signal }: PatchOptions,
): KubeRequest {
  return {
    method: 'PATCH',
    path: resourcePath(type, where),
    query: { dryRun: dryRun ? 'All' : undefined, fieldManager, force: kind === 'apply' ? force : undefined },
    contentType: patchTypes[kind],
    body,
    signal,
  };
}

export function deleteRequest(
  type: ResourceType,
  where: { namespace?: string; name: string },
  o: DeleteOptions,
): KubeRequest {
  const body = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(o.propagation ? { propagationPolicy: o.propagation } : {}),
    ...(o.uid ? { preconditions: { uid: o.uid } } : {}),
  };
  return { method: 'DELETE', path: resourcePath(type, where), body, signal: o.signal };
}
