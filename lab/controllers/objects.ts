import type { KubeObject, ObjectMeta, OwnerReference, Pod, Raw, ResourceType } from '../../src/k8s/objects.ts';
import type { RbacV1Subject, V1ContainerState, V1PodSpec, V1ResourceQuotaSpec } from '@kubernetes/client-node';

/** What the controllers read and write of Kubeflow's own kinds. Own shapes: the lab is the product's oracle, so it shares none of its types. */
export interface NotebookCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastProbeTime?: string;
  lastTransitionTime?: string;
}
export interface NotebookStatus {
  conditions: NotebookCondition[];
  readyReplicas: number;
  containerState: Raw<V1ContainerState>;
}
export type PodSpec = Raw<V1PodSpec>;
export interface Notebook extends KubeObject {
  spec: { template: { spec: PodSpec } };
  status?: NotebookStatus;
}
export type Subject = Raw<RbacV1Subject>;
export interface Profile extends KubeObject {
  spec?: {
    owner?: Subject;
    plugins?: { kind?: string; spec?: Record<string, unknown> }[];
    resourceQuotaSpec?: Raw<V1ResourceQuotaSpec>;
  };
}

/** v1beta1, as the original controller reads it; the owner references that it writes say so too. */
export const notebooks: ResourceType = {
  group: 'kubeflow.org',
  version: 'v1beta1',
  plural: 'notebooks',
  kind: 'Notebook',
  namespaced: true,
};
/** v1, as the original controller reads it. */
export const profiles: ResourceType = {
  group: 'kubeflow.org',
  version: 'v1',
  plural: 'profiles',
  kind: 'Profile',
  namespaced: false,
};

export const stoppedAnnotation = 'kubeflow-resource-stopped';
export const notebookNameLabel = 'notebook-name';

/** The owner reference that lets the garbage collector remove what a controller made. */
export function controllerReference(type: ResourceType, owner: KubeObject): OwnerReference {
  return {
    apiVersion: `${type.group}/${type.version}`,
    kind: type.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The name of the object of `kind` that controls this one. */
export function controllerName(object: KubeObject, kind: string): string | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller && owner.kind === kind)?.name;
}

/** A time as Kubernetes writes it: RFC 3339 in UTC, whole seconds. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** An object's metadata with a namespace, which everything here but a Profile has. */
export function namespaceOf(object: { metadata: ObjectMeta }): string {
  return object.metadata.namespace ?? '';
}

export type PodStatus = NonNullable<Pod['status']>;
