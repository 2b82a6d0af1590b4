import { container, labelSelector, userAndIsolation } from './containerSchema.ts';
import {
  all,
  atomic,
  byText,
  flag,
  int32,
  int64,
  list,
  listByKeys,
  map,
  object,
  quantity,
  text,
  texts,
  type Schema,
} from './shapes.ts';
import { byName, volume } from './volumeSchema.ts';

const requirement = object({ ...all(text, 'key operator'), values: texts }, 'key operator');
const nodeTerm = atomic(all(list(requirement), 'matchExpressions matchFields'));
const podTerm = object(
  { ...all(labelSelector, 'labelSelector namespaceSelector'), namespaces: texts, topologyKey: text },
  'topologyKey',
);
const podTerms = object({
  preferredDuringSchedulingIgnoredDuringExecution: list(
    object({ podAffinityTerm: podTerm, weight: int32 }, 'podAffinityTerm weight'),
  ),
  requiredDuringSchedulingIgnoredDuringExecution: list(podTerm),
});
const affinity = object({
  nodeAffinity: object({
    preferredDuringSchedulingIgnoredDuringExecution: list(
      object({ preference: nodeTerm, weight: int32 }, 'preference weight'),
    ),
    requiredDuringSchedulingIgnoredDuringExecution: atomic({ nodeSelectorTerms: list(nodeTerm) }, 'nodeSelectorTerms'),
  }),
  ...all(podTerms, 'podAffinity podAntiAffinity'),
});
const spread = object(
  { labelSelector: labelSelector, maxSkew: int32, ...all(text, 'topologyKey whenUnsatisfiable') },
  'maxSkew topologyKey whenUnsatisfiable',
);
const securityContext = object({
  ...userAndIsolation,
  fsGroup: int64,
  fsGroupChangePolicy: text,
  supplementalGroups: list(int64),
  sysctls: list(object(all(text, 'name value'), 'name value')),
});

/**
 * The PodSpec in a Notebook's schema: that of Kubernetes 1.23, which notebook-controller v1.11 is built with. Fields that
 * are newer (resource claims, scheduling gates, sidecars among the init containers...) are dropped by the API server
 * without a word, in the lab as there.
 */
export const podSpec: Schema = object(
  {
    ...all(int64, 'activeDeadlineSeconds terminationGracePeriodSeconds'),
    ...all(
      flag,
      'automountServiceAccountToken enableServiceLinks hostIPC hostNetwork hostPID setHostnameAsFQDN shareProcessNamespace',
    ),
    ...all(
      text,
      'dnsPolicy hostname nodeName preemptionPolicy priorityClassName restartPolicy runtimeClassName schedulerName',
    ),
    ...all(text, 'serviceAccount serviceAccountName subdomain'),
    priority: int32,
    affinity,
    securityContext,
    // The installed manifests ask for an image and for at least one container; the controller's types do not.
    containers: { ...list(container('name image')), minItems: 1 },
    initContainers: list(container('name')),
    ephemeralContainers: list(container('name', { targetContainerName: text })),
    dnsConfig: object({ ...all(texts, 'nameservers searches'), options: list(object(all(text, 'name value'))) }),
    hostAliases: list(object({ hostnames: texts, ip: text })),
    imagePullSecrets: list(byName),
    nodeSelector: { ...byText, 'x-kubernetes-map-type': 'atomic' },
    os: object({ name: text }, 'name'),
    overhead: map(quantity),
    readinessGates: list(object({ conditionType: text }, 'conditionType')),
    tolerations: list(object({ ...all(text, 'effect key operator value'), tolerationSeconds: int64 })),
    topologySpreadConstraints: listByKeys(spread, 'topologyKey', 'whenUnsatisfiable'),
    volumes: list(volume),
  },
  'containers',
);
