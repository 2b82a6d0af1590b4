/** The containers and volumes of a server's pod, as kubectl describes them. */
import type { PersistentVolumeClaim, Pod } from '../../k8s/objects.ts';
import { age, fields, pairs } from './describeText.ts';
import type { Field } from './describeText.ts';
import { podSpec } from '../objects.ts';
import type { Container, ContainerState, ContainerStatus, Notebook } from '../objects.ts';
import { claimSize } from '../operations.ts';
import { amountOf, parseQuantity } from '../quantity.ts';

/** The pod's own containers where there is one (with sidecars), else the Notebook's template. */
export function describeContainers(notebook: Notebook, pod: Pod | undefined, now: Date): string[] {
  const spec = pod?.spec ?? podSpec(notebook);
  const statuses = [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])];
  const status = (name: string) => statuses.find((s) => s.name === name);
  const mirrored = pod ? undefined : notebook.status?.containerState;
  const own = notebook.metadata.name;
  return [
    ...(spec?.initContainers ?? []).flatMap((c) => container(c, status(c.name), undefined, now, ' (init)')),
    ...(spec?.containers ?? []).flatMap((c) =>
      container(c, status(c.name), c.name === own ? mirrored : undefined, now, ''),
    ),
  ];
}

function container(
  c: Container,
  status: ContainerStatus | undefined,
  mirrored: ContainerState | undefined,
  now: Date,
  note: string,
): string[] {
  const list: Field[] = [
    ['Image', c.image],
    ['Image ID', status?.imageID || undefined],
    ['Ports', c.ports?.map((p) => `${p.containerPort}/${p.protocol ?? 'TCP'}${p.name ? ` (${p.name})` : ''}`)],
    ['Command', c.command],
    ['Args', c.args],
    ...stateFields('State', status?.state ?? mirrored, now),
    ...stateFields('Last state', status?.lastState, now),
    ['Ready', status ? String(status.ready) : undefined],
    ['Restart count', status?.restartCount],
    ['Limits', amounts(c.resources?.limits)],
    ['Requests', amounts(c.resources?.requests)],
    ['Environment', environment(c)],
    [
      'Mounts',
      c.volumeMounts?.map(
        (m) => `${m.mountPath} from ${m.name} (${m.readOnly ? 'ro' : 'rw'}${m.subPath ? `, path ${m.subPath}` : ''})`,
      ),
    ],
  ];
  return [`  ${c.name}${note}:`, ...fields(list, 4)];
}

/** The API server writes 1.2Gi as 1288490188800m: an amount in the m of memory is put back into Gi. */
function amounts(resources: Record<string, string> | undefined): string[] | undefined {
  // In a Notebook, which keeps what was written, `cpu: 2` stays a number.
  const list = Object.entries(resources ?? {}).map(([key, value]): [string, string] => [key, String(value)]);
  if (list.length === 0) return undefined;
  const readable = ([key, value]: [string, string]): [string, string] => {
    const bytes = /memory|storage/.test(key) && value.endsWith('m') ? parseQuantity(value) : undefined;
    return [key, bytes === undefined ? value : amountOf(key, bytes).replace(' ', '')];
  };
  return pairs(Object.fromEntries(list.map(readable)), ': ');
}

function stateFields(label: string, state: ContainerState | undefined, now: Date): Field[] {
  if (state?.running)
    return [[label, `Running since ${state.running.startedAt ?? '?'} (${age(state.running.startedAt, now)})`]];
  const { waiting, terminated } = state ?? {};
  if (waiting) return [[label, ['Waiting', ...reason(waiting)]]];
  if (!terminated) return [];
  const code = `Exit code ${terminated.exitCode}${terminated.signal ? `, signal ${terminated.signal}` : ''}`;
  const ended = terminated.finishedAt
    ? [`Ended ${terminated.finishedAt} (${age(terminated.finishedAt, now)} ago)`]
    : [];
  return [[label, ['Terminated', ...reason(terminated), code, ...ended]]];
}

function reason(state: { reason?: string; message?: string }): string[] {
  return [state.reason, state.message?.trim()].filter((s): s is string => s !== undefined && s !== '');
}

/** A value may be a password: only where it comes from is shown, as kubectl does for secrets. */
function environment(c: Container): string[] | undefined {
  const list = (c.env ?? []).map((e) => {
    const from = e.valueFrom;
    if (from?.secretKeyRef)
      return `${e.name}: from key ${from.secretKeyRef.key} of secret ${from.secretKeyRef.name ?? '?'}`;
    if (from?.configMapKeyRef)
      return `${e.name}: from key ${from.configMapKeyRef.key} of config map ${from.configMapKeyRef.name ?? '?'}`;
    if (from?.fieldRef) return `${e.name}: from field ${from.fieldRef.fieldPath}`;
    if (from?.resourceFieldRef) return `${e.name}: from ${from.resourceFieldRef.resource}`;
    return e.name === 'NB_PREFIX' ? `${e.name}: ${e.value ?? ''}` : `${e.name}: <set>`;
  });
  for (const from of c.envFrom ?? [])
    list.push(
      from.secretRef
        ? `all of secret ${from.secretRef.name ?? '?'}`
        : `all of config map ${from.configMapRef?.name ?? '?'}`,
    );
  return list.length > 0 ? list : undefined;
}

/** Volumes, with the state of the claims behind them. */
export function describeVolumes(notebook: Notebook, claims: readonly PersistentVolumeClaim[] | undefined): string[] {
  return (podSpec(notebook)?.volumes ?? []).flatMap((volume) => {
    const name = volume.persistentVolumeClaim?.claimName;
    if (name === undefined) {
      const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'unknown';
      const memory = volume.emptyDir?.medium === 'Memory' ? ' in memory' : '';
      return [`  ${volume.name}:`, ...fields([['Type', `${kind}${memory}`]], 4)];
    }
    const claim = claims?.find((c) => c.metadata.name === name);
    const list: Field[] = [
      ['Type', 'persistentVolumeClaim'],
      ['Claim', name],
      ['Read only', volume.persistentVolumeClaim?.readOnly ? 'true' : undefined],
      ['Status', claim ? (claim.status?.phase ?? 'Pending') : claims ? 'not found' : undefined],
      ['Size', claimSize(claim)],
      ['Access modes', claim?.spec?.accessModes?.join(', ')],
      ['Storage class', claim?.spec?.storageClassName],
      ['Volume', claim?.spec?.volumeName],
    ];
    return [`  ${volume.name}:`, ...fields(list, 4)];
  });
}
