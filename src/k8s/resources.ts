import type { ResourceType } from './objects.ts';

const namespaced = (group: string, version: string, plural: string, kind: string): ResourceType => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
});
const clusterWide = (group: string, version: string, plural: string, kind: string): ResourceType => ({
  ...namespaced(group, version, plural, kind),
  namespaced: false,
});

export const pods = namespaced('', 'v1', 'pods', 'Pod');
/** core/v1 events. */
export const events = namespaced('', 'v1', 'events', 'Event');
export const services = namespaced('', 'v1', 'services', 'Service');
export const persistentVolumeClaims = namespaced('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim');
export const persistentVolumes = clusterWide('', 'v1', 'persistentvolumes', 'PersistentVolume');
export const namespaces = clusterWide('', 'v1', 'namespaces', 'Namespace');
export const nodes = clusterWide('', 'v1', 'nodes', 'Node');
export const resourceQuotas = namespaced('', 'v1', 'resourcequotas', 'ResourceQuota');
export const limitRanges = namespaced('', 'v1', 'limitranges', 'LimitRange');
export const serviceAccounts = namespaced('', 'v1', 'serviceaccounts', 'ServiceAccount');
export const secrets = namespaced('', 'v1', 'secrets', 'Secret');
export const configMaps = namespaced('', 'v1', 'configmaps', 'ConfigMap');
export const endpoints = namespaced('', 'v1', 'endpoints', 'Endpoints');
export const statefulSets = namespaced('apps', 'v1', 'statefulsets', 'StatefulSet');
export const deployments = namespaced('apps', 'v1', 'deployments', 'Deployment');
export const storageClasses = clusterWide('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass');
export const roles = namespaced('rbac.authorization.k8s.io', 'v1', 'roles', 'Role');
export const roleBindings = namespaced('rbac.authorization.k8s.io', 'v1', 'rolebindings', 'RoleBinding');
export const clusterRoles = clusterWide('rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole');
export const clusterRoleBindings = clusterWide(
  'rbac.authorization.k8s.io',
  'v1',
  'clusterrolebindings',
  'ClusterRoleBinding',
);
export const customResourceDefinitions = clusterWide(
  'apiextensions.k8s.io',
  'v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
);
export const selfSubjectAccessReviews = clusterWide(
  'authorization.k8s.io',
  'v1',
  'selfsubjectaccessreviews',
  'SelfSubjectAccessReview',
);
export const selfSubjectRulesReviews = clusterWide(
  'authorization.k8s.io',
  'v1',
  'selfsubjectrulesreviews',
  'SelfSubjectRulesReview',
);
export const leases = namespaced('coordination.k8s.io', 'v1', 'leases', 'Lease');
