import type { Pod, Raw } from '../../src/k8s/objects.ts';
import type { V1Container, V1EnvVar } from '@kubernetes/client-node';

type Variables = Record<string, string>;

/** Reads the data of a Secret or ConfigMap of the pod's namespace, decoded; undefined if there is none. */
export type ReadData = (kind: 'secret' | 'configmap', name: string) => Promise<Variables | undefined>;

/** A container cannot be made because of what its pod asks for: a kubelet says CreateContainerConfigError. */
export class ContainerConfigError extends Error {}

/**
 * The variables that the pod's author gave a container, in a kubelet's order: envFrom first, then env, with `$(NAME)`
 * replaced by what was defined before it.
 * @throws ContainerConfigError, in a kubelet's words
 */
export async function containerEnv(
  pod: Pod,
  container: Raw<V1Container>,
  podIP: string,
  read: ReadData,
): Promise<Variables> {
  const variables: Variables = {};
  for (const source of container.envFrom ?? []) {
    const reference = source.secretRef ?? source.configMapRef;
    if (!reference?.name) continue;
    const kind = source.secretRef ? 'secret' : 'configmap';
    const data = await read(kind, reference.name);
    if (!data && !reference.optional) throw new ContainerConfigError(`${kind} "${reference.name}" not found`);
    for (const [key, value] of Object.entries(data ?? {})) variables[`${source.prefix ?? ''}${key}`] = value;
  }
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom
      ? await valueFrom(pod, container, podIP, variable, read)
      : expanded(variable.value ?? '', variables);
    if (value !== undefined) variables[variable.name] = value;
  }
  return variables;
}

/** `$(NAME)` becomes the variable's value, `$$(NAME)` stays as `$(NAME)`, and so does one that is not defined. */
export function expanded(text: string, variables: Readonly<Variables>): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, escape: string, name: string | undefined) => {
    if (escape === '$') return '$';
    return variables[name ?? ''] ?? whole;
  });
}

async function valueFrom(
  pod: Pod,
  container: Raw<V1Container>,
  podIP: string,
  variable: Raw<V1EnvVar>,
  read: ReadData,
): Promise<string | undefined> {
  const { fieldRef, secretKeyRef, configMapKeyRef, resourceFieldRef } = variable.valueFrom!;
  if (fieldRef) return field(pod, podIP, fieldRef.fieldPath);
  if (resourceFieldRef) {
    const [list, ...key] = resourceFieldRef.resource.split('.');
    const resources = list === 'requests' ? container.resources?.requests : container.resources?.limits;
    return resources?.[key.join('.')] ?? '0';
  }
  const reference = secretKeyRef ?? configMapKeyRef;
  if (!reference?.name) return undefined;
  const kind = secretKeyRef ? 'secret' : 'configmap';
  const data = await read(kind, reference.name);
  const value = data?.[reference.key];
  if (value !== undefined || reference.optional) return value;
  if (!data) throw new ContainerConfigError(`${kind} "${reference.name}" not found`);
  const where = `${kind === 'secret' ? 'Secret' : 'ConfigMap'} ${pod.metadata.namespace}/${reference.name}`;
  throw new ContainerConfigError(`couldn't find key ${reference.key} in ${where}`);
}

function field(pod: Pod, podIP: string, path: string): string {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2]!] ?? '';
  const fields: Variables = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace ?? '',
    'metadata.uid': pod.metadata.uid ?? '',
    'spec.nodeName': pod.spec?.nodeName ?? '',
    'spec.serviceAccountName': pod.spec?.serviceAccountName ?? '',
    'status.hostIP': '127.0.0.1',
    'status.podIP': podIP,
    'status.podIPs': podIP,
  };
  return fields[path] ?? '';
}
