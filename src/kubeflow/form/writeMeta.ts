/** Name, type of server, labels and annotations. Pure. */
import type { Kept, Pair, SpawnForm } from '../form.ts';
import { annotations } from '../objects.ts';
import type { Draft } from './draft.ts';
import { part, put, putEntries } from './draft.ts';
import { asList, asTexts } from './kept.ts';

/** What one server has and its copy must not: its history, and what others keep of it. */
const ofOneServer: readonly string[] = [
  annotations.stopped,
  annotations.lastActivity,
  annotations.lastActivityCheck,
  annotations.creator,
  annotations.launch,
  'kubectl.kubernetes.io/last-applied-configuration',
];

/**
 * The name. A base with another name or namespace is copied: the copy has no identity and no history of the base, its
 * container has the new name (the controller mirrors the state of that one only), and no variable tells it the base's
 * path, which the controller would not correct (kubeflow.md 3.1).
 */
export function writeName({ notebook, form, container, containers, before }: Draft): void {
  const name = form.name.trim();
  const old = notebook.metadata;
  const labels = { ...asTexts(old.labels), app: name };
  const kept = Object.entries(asTexts(old.annotations)).filter(([key]) => !ofOneServer.includes(key));
  notebook.metadata = { name, namespace: form.namespace, labels, annotations: Object.fromEntries(kept) };
  container['name'] = name;
  if (!before) return;
  delete notebook.status;
  for (const one of containers) {
    if (!Array.isArray(one['env'])) continue;
    one['env'] = asList(one['env']).filter((entry) => entry['name'] !== 'NB_PREFIX');
  }
}

/** The type as the Jupyter Web App writes it: VS Code and RStudio are served at their root, RStudio is told where that is. */
export function writeServerType({ notebook, form, before }: Draft): void {
  const found = part(notebook.metadata as unknown as Kept, 'annotations');
  const type = form.serverType;
  // A Notebook of nobody's type is a Jupyter server, and a copy of it need not say so.
  if (!before || before.serverType !== type) found[annotations.serverType] = type;
  if (before?.serverType === type && found[annotations.requestHeaders] === undefined) return;
  if (before?.serverType !== type) put(found, annotations.rewriteUri, type === 'jupyter' ? undefined : '/');
  const headers = { 'X-RStudio-Root-Path': `/notebook/${form.namespace}/${form.name.trim()}/` };
  put(found, annotations.requestHeaders, type === 'group-two' ? JSON.stringify(headers) : undefined);
}

export function writeLabels({ notebook, form, before }: Draft): void {
  const wanted = labelsOf(form);
  putEntries(notebook.metadata as unknown as Kept, 'labels', wanted, before ? Object.keys(labelsOf(before)) : []);
}

/** Every label that the form stands for beside `app`. */
export function labelsOf({ configurations, labels }: Pick<SpawnForm, 'configurations' | 'labels'>): Kept {
  return { ...Object.fromEntries(configurations.map((label) => [label, 'true'])), ...entriesOf(labels) };
}

export function writeAnnotations({ notebook, form, before }: Draft): void {
  const old = before ? Object.keys(entriesOf(before.annotations)) : [];
  putEntries(notebook.metadata as unknown as Kept, 'annotations', entriesOf(form.annotations), old);
}

/** Who made it and by which launch. */
export function writeOrigin({ notebook }: Draft, o: { creator?: string; launchId?: string }): void {
  const found = part(notebook.metadata as unknown as Kept, 'annotations');
  if (o.creator) found[annotations.creator] = o.creator;
  if (o.launchId) found[annotations.launch] = o.launchId;
}

/** A list of pairs as a map; a line without a key counts for nothing. */
export function entriesOf(pairs: readonly Pair[]): Record<string, string> {
  const entries = pairs.map(({ key, value }): [string, string] => [key.trim(), value]);
  return Object.fromEntries(entries.filter(([key]) => key !== ''));
}
