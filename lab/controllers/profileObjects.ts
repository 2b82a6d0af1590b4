import type { Namespace, ResourceQuota, RoleBinding, ServiceAccount } from '../../src/k8s/objects.ts';
import { controllerReference, profiles, type Profile, type Subject } from './objects.ts';

/** The labels that Kubeflow's distribution puts on profile namespaces (profile controller v2.0, overlay `kubeflow`). */
export const namespaceLabels: Readonly<Record<string, string>> = {
  'app.kubernetes.io/part-of': 'kubeflow-profile',
  'katib.kubeflow.org/metrics-collector-injection': 'enabled',
  'pipelines.kubeflow.org/enabled': 'true',
  'serving.kubeflow.org/inferenceservice': 'enabled',
};

const rbac = 'rbac.authorization.k8s.io';

/** The namespace of a Profile, named as it, with its owner's name as annotation. */
export function desiredNamespace(profile: Profile): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: profile.metadata.name,
      annotations: { owner: ownerOf(profile).name },
      labels: { 'istio-injection': 'enabled', ...namespaceLabels },
      ownerReferences: [controllerReference(profiles, profile)],
    },
  };
}

/** May a namespace that is there already become this Profile's? Only with the annotation that names the same owner. */
export function isOwnNamespace(found: Namespace, profile: Profile): boolean {
  return found.metadata.annotations?.owner === ownerOf(profile).name;
}

/** The labels that an adopted namespace lacks; a label that it has keeps its value. */
export function missingLabels(found: Namespace): Record<string, string> {
  return Object.fromEntries(Object.entries(namespaceLabels).filter(([key]) => !(key in (found.metadata.labels ?? {}))));
}

/** The service accounts that notebook servers and pipelines run as, with the cluster role of each. */
export const accounts = [
  { name: 'default-editor', role: 'kubeflow-edit' },
  { name: 'default-viewer', role: 'kubeflow-view' },
] as const;

export function desiredServiceAccount(profile: Profile, name: string): ServiceAccount {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: inNamespace(profile, name) };
}

/** Plugins by kind: which of their fields becomes which annotation of `default-editor`. The cloud's side is not asked. */
const cloudPlugins: Readonly<Record<string, { field: string; annotation: string }>> = {
  WorkloadIdentity: { field: 'gcpServiceAccount', annotation: 'iam.gke.io/gcp-service-account' },
  AwsIamForServiceAccount: { field: 'awsIamRole', annotation: 'eks.amazonaws.com/role-arn' },
};

/** The annotations by which `default-editor` gets an identity in a cloud; a plugin of another kind gives none. */
export function identityAnnotations(profile: Profile): Record<string, string> {
  const annotations: Record<string, string> = {};
  for (const { kind = '', spec } of profile.spec?.plugins ?? []) {
    const plugin = cloudPlugins[kind];
    const value = plugin && spec?.[plugin.field];
    if (plugin && typeof value === 'string' && value) annotations[plugin.annotation] = value;
  }
  return annotations;
}

/** One for each service account, and `namespaceAdmin` for the owner, whose annotations Kubeflow's dashboard reads. */
export function desiredRoleBindings(profile: Profile): RoleBinding[] {
  const owner = ownerOf(profile);
  const binding = (
    name: string,
    role: string,
    subject: Subject,
    annotations?: Record<string, string>,
  ): RoleBinding => ({
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { ...inNamespace(profile, name), ...(annotations ? { annotations } : {}) },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [subject],
  });
  return [
    ...accounts.map(({ name, role }) =>
      binding(name, role, { kind: 'ServiceAccount', name, namespace: profile.metadata.name }),
    ),
    binding('namespaceAdmin', 'kubeflow-admin', owner, { user: owner.name, role: 'admin' }),
  ];
}

/** The quota, or nothing when the Profile sets no hard limit. */
export function desiredQuota(profile: Profile): ResourceQuota | undefined {
  const spec = profile.spec?.resourceQuotaSpec;
  if (!spec?.hard || Object.keys(spec.hard).length === 0) return undefined;
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: inNamespace(profile, quotaName), spec };
}

/**
 * The spec that the original writes back: with an empty quota where there is none, without empty lists, and with quantities
 * in the form that the API server gives those of a ResourceQuota.
 * @param hard the limits as the ResourceQuota has them; absent without one
 */
export function storedSpec(spec: NonNullable<Profile['spec']>, hard?: Record<string, string>): Profile['spec'] {
  const { plugins, resourceQuotaSpec, ...rest } = spec;
  const quota = { ...resourceQuotaSpec };
  if (hard) quota.hard = hard;
  else if (Object.keys(quota.hard ?? {}).length === 0) delete quota.hard;
  if (quota.scopes?.length === 0) delete quota.scopes;
  return { ...rest, ...(plugins?.length ? { plugins } : {}), resourceQuotaSpec: quota };
}

export const quotaName = 'kf-resource-quota';
export const profileFinalizer = 'profile-finalizer';

/** A subject with the group that the API server fills in, so that both can be compared. */
export function withDefaultGroup(subject: Subject): Subject {
  return subject.kind === 'ServiceAccount' ? subject : { ...subject, apiGroup: subject.apiGroup ?? rbac };
}

function inNamespace(profile: Profile, name: string) {
  return { name, namespace: profile.metadata.name, ownerReferences: [controllerReference(profiles, profile)] };
}

function ownerOf(profile: Profile): Subject {
  return profile.spec?.owner ?? { kind: '', name: '' };
}
