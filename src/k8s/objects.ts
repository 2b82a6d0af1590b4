export * from './resources.ts';
import type {
  CoreV1Event,
  V1ConfigMap,
  V1Namespace,
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1ResourceQuota,
  V1RoleBinding,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V1StatefulSet,
  V1StorageClass,
} from '@kubernetes/client-node';

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  generateName?: string;
}

/** The least that every object of the API has. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

/**
 * One of client-node's models as the API server writes it in JSON: times are strings, and the underscore that the
 * generator puts before reserved words (`_continue`, `_from`) is gone.
 */
export type Raw<T> = T extends Date
  ? string
  : T extends (infer Item)[]
    ? Raw<Item>[]
    : T extends object
      ? { [K in keyof T as K extends `_${infer Name}` ? Name : K]: Raw<T[K]> }
      : T;

export type Pod = Raw<V1Pod> & KubeObject;
export type PersistentVolumeClaim = Raw<V1PersistentVolumeClaim> & KubeObject;
export type PersistentVolume = Raw<V1PersistentVolume> & KubeObject;
export type StatefulSet = Raw<V1StatefulSet> & KubeObject;
export type Service = Raw<V1Service> & KubeObject;
export type Namespace = Raw<V1Namespace> & KubeObject;
export type Node = Raw<V1Node> & KubeObject;
/** core/v1 Event (not events.k8s.io, and not a DOM event). */
export type CoreEvent = Raw<CoreV1Event> & KubeObject;
export type ResourceQuota = Raw<V1ResourceQuota> & KubeObject;
export type StorageClass = Raw<V1StorageClass> & KubeObject;
export type Secret = Raw<V1Secret> & KubeObject;
export type ConfigMap = Raw<V1ConfigMap> & KubeObject;
export type ServiceAccount = Raw<V1ServiceAccount> & KubeObject;
export type RoleBinding = Raw<V1RoleBinding> & KubeObject;

/** Which REST collection a kind lives in. */
export interface ResourceType {
  /** '' for the core group. */
  group: string;
  version: string;
  plural: string;
  kind: string;
  namespaced: boolean;
}

/** apiVersion as objects carry it: `v1`, `kubeflow.org/v1beta1`. */
export function apiVersionOf(type: ResourceType): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/**
 * The URL path of a collection, an object or a subresource; every segment is encoded. Without `namespace` a namespaced
 * type's path means all namespaces.
 */
export function resourcePath(
  type: ResourceType,
  where: { namespace?: string; name?: string; subresource?: string } = {},
): string {
  const parts = type.group === '' ? ['api', type.version] : ['apis', type.group, type.version];
  if (type.namespaced && where.namespace) parts.push('namespaces', where.namespace);
  parts.push(type.plural);
  if (where.name) parts.push(where.name);
  if (where.name && where.subresource) parts.push(...where.subresource.split('/'));
  return '/' + parts.map(encodeURIComponent).join('/');
}

/** 'namespace/name', or 'name' for what has no namespace: unique within one type of one cluster. */
export function keyOf(object: KubeObject): string {
  const { namespace, name } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}
