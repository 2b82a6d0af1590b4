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
  numberOrText,
  object,
  quantity,
  text,
  texts,
  type Schema,
} from './shapes.ts';

const keyOf = (extra: Record<string, Schema> = {}) => ({ key: text, name: text, optional: flag, ...extra });
/** A field of the pod itself, as environment variables and downward API volumes name it. */
export const fieldRef = atomic(all(text, 'apiVersion fieldPath'), 'fieldPath');
export const resourceFieldRef = atomic({ ...all(text, 'containerName resource'), divisor: quantity }, 'resource');

const env = list(
  object(
    {
      ...all(text, 'name value'),
      valueFrom: object({
        configMapKeyRef: atomic(keyOf(), 'key'),
        secretKeyRef: atomic(keyOf(), 'key'),
        fieldRef,
        resourceFieldRef,
      }),
    },
    'name',
  ),
);
const wholeObject = atomic({ name: text, optional: flag });
const envFrom = list(object({ prefix: text, configMapRef: wholeObject, secretRef: wholeObject }));

const exec = object({ command: texts });
const httpGet = object(
  {
    ...all(text, 'host path scheme'),
    httpHeaders: list(object(all(text, 'name value'), 'name value')),
    port: numberOrText,
  },
  'port',
);
const tcpSocket = object({ host: text, port: numberOrText }, 'port');
const handler = object({ exec, httpGet, tcpSocket });
const probe = object({
  ...all(int32, 'failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds'),
  ...{ exec, httpGet, tcpSocket, terminationGracePeriodSeconds: int64 },
  grpc: object({ port: int32, service: { ...text, default: '' } }, 'port'),
});

/** What a pod's and a container's security context have in common. */
export const userAndIsolation = {
  ...all(int64, 'runAsGroup runAsUser'),
  runAsNonRoot: flag,
  seLinuxOptions: object(all(text, 'level role type user')),
  seccompProfile: object(all(text, 'localhostProfile type'), 'type'),
  windowsOptions: object({
    ...all(text, 'gmsaCredentialSpec gmsaCredentialSpecName runAsUserName'),
    hostProcess: flag,
  }),
};
const securityContext = object({
  ...userAndIsolation,
  ...all(flag, 'allowPrivilegeEscalation privileged readOnlyRootFilesystem'),
  capabilities: object(all(texts, 'add drop')),
  procMount: text,
});

/** Requests and limits of containers and of claims. */
export const resources = object(all(map(quantity), 'limits requests'));

const port = object(
  { ...all(int32, 'containerPort hostPort'), ...all(text, 'hostIP name'), protocol: { ...text, default: 'TCP' } },
  'containerPort',
);
const volumeMount = object(
  { ...all(text, 'mountPath mountPropagation name subPath subPathExpr'), readOnly: flag },
  'mountPath name',
);

/** @param required names of the properties that must be there, separated by spaces */
export function container(required: string, extra: Record<string, Schema> = {}): Schema {
  return object(
    {
      ...all(text, 'image imagePullPolicy name terminationMessagePath terminationMessagePolicy workingDir'),
      ...all(texts, 'args command'),
      ...all(flag, 'stdin stdinOnce tty'),
      ...all(probe, 'livenessProbe readinessProbe startupProbe'),
      ...{ env, envFrom, resources, securityContext },
      lifecycle: object(all(handler, 'postStart preStop')),
      ports: listByKeys(port, 'containerPort', 'protocol'),
      volumeDevices: list(object(all(text, 'devicePath name'), 'devicePath name')),
      volumeMounts: list(volumeMount),
      ...extra,
    },
    required,
  );
}

/** Which objects a term of an affinity, a spread or a claim means. */
export const labelSelector = atomic({
  matchExpressions: list(object({ ...all(text, 'key operator'), values: texts }, 'key operator')),
  matchLabels: byText,
});
