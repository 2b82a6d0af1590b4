/** A notebook server described in the manner of `kubectl describe`, with the true cause of its state on top. */
import type { CoreEvent, Node, PersistentVolumeClaim } from '../../k8s/objects.ts';
import { describeContainers, describeVolumes } from './describePod.ts';
import { age, fields, pairs, table, when } from './describeText.ts';
import type { Field } from './describeText.ts';
import { eventCount, eventFirstTime, eventMessage, eventTime } from '../events.ts';
import { gpuReport } from '../gpus.ts';
import type { GpuCheck } from '../gpus.ts';
import type { ServerView } from '../inventory/inventoryView.ts';
import { annotations } from '../objects.ts';
import type { StatusCause } from '../status/statusCause.ts';
import { stoppedBy } from '../status/stoppedBy.ts';

export interface ServerExtra {
  now: Date;
  /** The status in words: a few, and a sentence. Without them its code stands there. */
  words?: { status: string; sentence: string };
  claims?: readonly PersistentVolumeClaim[];
  node?: Node;
  gpus?: GpuCheck;
  /** What could not be read, and why, in words of the API server. */
  unread?: readonly { what: string; why: string }[];
}

/** The whole text, ending in a newline. Values of environment variables are not in it. */
export function describeServer(view: ServerView, extra: ServerExtra): string {
  const { notebook } = view;
  const { now } = extra;
  const { labels, annotations: notes, creationTimestamp } = notebook.metadata;
  const lines = [
    ...fields([
      ['Name', view.name],
      ['Namespace', view.namespace],
      ['Status', extra.words?.status ?? statusCode(view)],
      ['Reason', inTrouble(view) ? extra.words?.sentence : undefined],
      ['Since', when(view.status.since, now)],
      ...(inTrouble(view) || !extra.words ? causeFields(view.status.cause) : []),
      ['Created', when(creationTimestamp, now)],
      ['Creator', notes?.[annotations.creator]],
      ['Type', serverTypes[notes?.[annotations.serverType] ?? '']],
      ['Last activity', when(notes?.[annotations.lastActivity], now)],
      ['Stopped by', view.status.phase === 'stopped' ? stoppedBy(notebook) : undefined],
      ['API version', notebook.apiVersion],
      ['Labels', pairs(labels)],
      ['Annotations', pairs(notes, ': ')],
      ['Image', view.image],
      ['Port', view.port],
      ...nodeFields(view, extra),
    ]),
    ...gpuLines(view, extra),
    ...section('Conditions', conditions(view)),
    ...section('Containers', describeContainers(notebook, view.pod, now)),
    ...section('Volumes', describeVolumes(notebook, extra.claims)),
    ...eventLines(view.events, now),
    ...section(
      'Not read',
      (extra.unread ?? []).map((u) => `  ${u.what}: ${u.why}`),
    ),
  ];
  return lines.join('\n') + '\n';
}

const serverTypes: Record<string, string | undefined> = {
  jupyter: 'JupyterLab',
  'group-one': 'Visual Studio Code',
  'group-two': 'RStudio',
};

export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines];
}

/** Whether the status is one that somebody has to do something about. */
function inTrouble({ status }: ServerView): boolean {
  return status.phase === 'failing' || status.phase === 'waiting' || status.phase === 'unknown';
}

function statusCode(view: ServerView): string {
  const { phase, cause } = view.status;
  return cause.code === phase ? phase : `${phase} (${cause.code})`;
}

/** What the cause knows, for whoever has to take it to an admin. */
function causeFields(cause: StatusCause): Field[] {
  const shown: Field[] = Object.entries(cause as Record<string, unknown>)
    .filter(([key]) => key !== 'code')
    .filter(([, value]) => typeof value === 'string' || typeof value === 'number')
    .map(([key, value]) => [key.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`), value as string | number]);
  return shown.length === 0 ? [] : [['Cause', { fields: [['code', cause.code], ...shown] }]];
}

function nodeFields(view: ServerView, extra: ServerExtra): Field[] {
  const { pod } = view;
  if (!pod) return [];
  return [
    ['Pod', pod.metadata.name],
    ['Node', pod.spec?.nodeName ?? '<none>'],
    ['GPU model', extra.node?.metadata.labels?.['nvidia.com/gpu.product']],
    ['IP', pod.status?.podIP],
    ['QoS class', pod.status?.qosClass],
    ['Service account', pod.spec?.serviceAccountName],
  ];
}

function gpuLines(view: ServerView, extra: ServerExtra): string[] {
  const report = gpuReport(view);
  if (report.asked.length === 0 && !extra.gpus) return [];
  const words = (list: readonly { key: string; count: number }[]) =>
    list.length === 0 ? 'none' : list.map((g) => `${g.count} x ${g.key}`).join(', ');
  const seen = extra.gpus && (extra.gpus.missing ? 'unknown: the image has no nvidia-smi' : extra.gpus.seen);
  return [
    'GPUs:',
    ...fields(
      [
        ['Asked', words(report.asked)],
        ['Given', report.given ? words(report.given) : undefined],
        ['Seen', Array.isArray(seen) && seen.length === 0 ? 'none' : seen],
        ['Note', extra.gpus?.simulated ? 'The devices are simulated.' : undefined],
      ],
      2,
    ),
  ];
}

function conditions(view: ServerView): string[] {
  const list = view.pod?.status?.conditions ?? view.notebook.status?.conditions ?? [];
  if (list.length === 0) return [];
  return table(
    ['Type', 'Status', 'Reason', 'Message'],
    list.map((c) => [c.type, c.status, c.reason ?? '', (c.message ?? '').replace(/\s+/g, ' ')]),
  );
}

/** The events table of kubectl; one row for what was said once, whoever repeated it. */
export function eventLines(events: readonly CoreEvent[], now: Date): string[] {
  if (events.length === 0) return ['Events:  <none>'];
  const rows = events.map((e) => {
    const last = age(eventTime(e), now);
    const count = eventCount(e);
    const seen = count > 1 ? `${last} (x${count} over ${age(eventFirstTime(e), now)})` : last;
    const from = e.source?.component ?? e.reportingComponent ?? '';
    return [e.type ?? '', e.reason ?? '', seen, from, eventMessage(e).replace(/\s+/g, ' ').trim()];
  });
  return ['Events:', ...table(['Type', 'Reason', 'Age', 'From', 'Message'], rows)];
}
