/** Who stopped a server. The annotation is the same for user and culler, so its field manager has to tell. */
import type { KubeObject } from '../../k8s/objects.ts';
import { annotations, isStopped } from '../objects.ts';
import type { Notebook } from '../objects.ts';

interface ManagedFields {
  manager?: string;
  fieldsV1?: { 'f:metadata'?: { 'f:annotations'?: Record<string, unknown> } };
}

/** The notebook controller's program name in the stock image, and the names that it has elsewhere. */
const cullers = new Set(['manager', 'notebook-controller', 'kubeflow-notebook-controller']);
/** This extension, kubectl's verbs, the Jupyter Web App's Python client, editors of Kubernetes objects. */
const people = /^(kubeflow-notebooks|kubectl\b.*|OpenAPI-Generator|k9s|Mozilla|node-fetch|python-requests)/;

const field = `f:${annotations.stopped}`;

/** 'unknown' where the object carries no managed fields, or a manager that is neither. */
export function stoppedBy(notebook: Notebook): 'user' | 'culler' | 'unknown' {
  const owner = managerOfStop(notebook);
  if (owner === undefined) return 'unknown';
  if (cullers.has(owner)) return 'culler';
  return people.test(owner) ? 'user' : 'unknown';
}

/** Of a Notebook's managed fields, which are half of its size, leaves only who wrote the annotation that stops it. */
export function keepWhoStopped(notebook: KubeObject): void {
  const manager = isStopped(notebook) ? managerOfStop(notebook) : undefined;
  const metadata = notebook.metadata as { managedFields?: ManagedFields[] };
  if (manager === undefined) delete metadata.managedFields;
  else metadata.managedFields = [{ manager, fieldsV1: { 'f:metadata': { 'f:annotations': { [field]: {} } } } }];
}

function managerOfStop(notebook: KubeObject): string | undefined {
  const { managedFields } = notebook.metadata as { managedFields?: ManagedFields[] };
  return managedFields?.find((f) => f.fieldsV1?.['f:metadata']?.['f:annotations']?.[field] !== undefined)?.manager;
}
