/**
 * PodDefaults that would contradict the form or each other. Kubeflow's webhook then refuses the pod, which the user sees
 * nowhere but in an event of the StatefulSet (kubeflow/dashboard v2.0.0, poddefaults-webhooks/main.go). Pure.
 */
import type { Report } from '../form/finding.ts';
import { asText, asTexts, same, tidy } from '../form/kept.ts';
import { volumesOf, mountPath } from '../form.ts';
import type { Kept, SpawnForm } from '../form.ts';
import { podSpec } from '../objects.ts';
import type { Notebook, PodDefault } from '../objects.ts';
import { hasLabels, meets } from './nodeMatch.ts';

/** What a PodDefault or the pod itself brings, by what it may not be brought in two ways. */
interface Brought {
  kind: 'env' | 'volume' | 'mount' | 'path' | 'toleration' | 'label' | 'annotation';
  key: string;
  value: unknown;
}

const exclude = 'poddefault.admission.kubeflow.org/exclude';

/** The labels that a Notebook's pod has: its own, and the controller's. */
function podLabels({ metadata }: Notebook): Record<string, string> {
  return { ...metadata.labels, 'notebook-name': metadata.name, statefulset: metadata.name };
}

/** The annotations that the controller hands on to the pod. */
function podAnnotations({ metadata }: Notebook): Record<string, string> {
  const entries = Object.entries(asTexts(metadata.annotations));
  return Object.fromEntries(entries.filter(([key]) => !key.includes('kubectl') && !key.includes('notebook')));
}

/** Those that apply to the Notebook's pod, whether the form has chosen them or its labels happen to suit. */
export function applied(notebook: Notebook, all: readonly PodDefault[]): PodDefault[] {
  if (podAnnotations(notebook)[exclude] === 'true') return [];
  const labels = podLabels(notebook);
  return all.filter(({ spec }) => {
    const { matchLabels, matchExpressions = [] } = spec?.selector ?? {};
    return hasLabels(labels, matchLabels) && matchExpressions.every((one) => meets(labels, one));
  });
}

/** Says of each thing that comes in two ways, once, where it comes from. */
export function checkPodDefaults(
  form: SpawnForm,
  notebook: Notebook,
  all: readonly PodDefault[] | undefined,
  report: Report,
): void {
  const seen = new Map(ofPod(notebook).map((one) => [slot(one), { ...one, by: '' }]));
  const told = new Set<string>();
  for (const one of applied(notebook, all ?? [])) {
    const { name } = one.metadata;
    for (const brought of ofPodDefault(one)) {
      const before = seen.get(slot(brought));
      if (!before) seen.set(slot(brought), { ...brought, by: name });
      else if (!same(before.value, brought.value)) tell(brought, before.by, name);
    }
  }

  function tell(brought: Brought, first: string, second: string): void {
    const { key: what } = brought;
    const between = `${first} ${second} ${what}`;
    if (told.has(between)) return;
    told.add(between);
    if (first === '') {
      report(fieldOf(form, brought), 'warning', 'configurationConflict', { configuration: second, what });
    } else report('configurations', 'warning', 'configurationsConflict', { first, second, what });
  }
}

const slot = ({ kind, key }: Brought): string => `${kind} ${key}`;

/** The webhook compares with every container; a sidecar of a copied Notebook counts as well as the server. */
function ofPod(notebook: Notebook): Brought[] {
  const { name, namespace } = notebook.metadata;
  const spec = podSpec(notebook);
  const prefix = { name: 'NB_PREFIX', value: `/notebook/${namespace}/${name}` };
  const containers = spec?.containers ?? [];
  return [
    ...ofEnv([prefix, ...containers.flatMap(({ env }) => env ?? [])]),
    ...ofVolumes(spec?.volumes),
    ...containers.flatMap(({ volumeMounts }) => ofMounts(volumeMounts)),
    ...ofTolerations(spec?.tolerations),
    ...ofTexts('label', podLabels(notebook)),
    ...ofTexts('annotation', podAnnotations(notebook)),
  ];
}

function ofPodDefault({ spec = {} }: PodDefault): Brought[] {
  return [
    ...ofEnv(spec.env),
    ...ofVolumes(spec.volumes),
    ...ofMounts(spec.volumeMounts),
    ...ofTolerations(spec.tolerations),
    ...ofTexts('label', spec.labels),
    ...ofTexts('annotation', spec.annotations),
  ];
}

function ofEnv(env: readonly object[] | undefined): Brought[] {
  return of('env', 'name', env);
}

function ofVolumes(volumes: readonly object[] | undefined): Brought[] {
  return of('volume', 'name', volumes);
}

/** A mount may neither put another volume to a path, nor a volume to another path. */
function ofMounts(mounts: readonly object[] | undefined): Brought[] {
  return [...of('mount', 'name', mounts), ...of('path', 'mountPath', mounts)];
}

/** By key alone: two tolerations of one key contradict each other there, though Kubernetes takes both. */
function ofTolerations(tolerations: readonly object[] | undefined): Brought[] {
  return of('toleration', 'key', tolerations);
}

function of(kind: Brought['kind'], by: string, items: readonly object[] | undefined): Brought[] {
  return (items ?? []).map((item) => ({ kind, key: asText((item as Kept)[by]), value: tidy(item) }));
}

function ofTexts(kind: Brought['kind'], texts: Record<string, string> | undefined): Brought[] {
  return Object.entries(texts ?? {}).map(([key, value]) => ({ kind, key, value }));
}

/** The field of the form that brings the same. */
function fieldOf(form: SpawnForm, { kind, key, value }: Brought): string {
  switch (kind) {
    case 'env': {
      const index = form.env.findIndex((one) => one.name.trim() === key);
      return index < 0 ? 'configurations' : `env.${index}.name`;
    }
    case 'mount':
    case 'path': {
      const path = asText((value as Kept)['mountPath']);
      const placed = volumesOf(form).find((one) => mountPath(form, one) === path);
      return placed ? `${placed.at}.mountPath` : 'configurations';
    }
    case 'toleration':
      return form.tolerationGroup === '' ? 'configurations' : 'tolerationGroup';
    case 'label':
    case 'annotation': {
      const list = kind === 'label' ? 'labels' : 'annotations';
      const index = form[list].findIndex((one) => one.key.trim() === key);
      return index < 0 ? 'configurations' : `${list}.${index}.value`;
    }
    case 'volume':
      return 'configurations';
  }
}
