/** Who stopped a server. The annotation is the same for user and culler, so its field manager has to tell. */
import { annotations } from './objects.ts';
import type { Notebook } from './objects.ts';

interface ManagedFields {
  manager?: string;
  fieldsV1?: { 'f:metadata'?: { 'f:annotations'?: Record<string, unknown> } };
}

/** The notebook controller's program name in the stock image, and the names that it has elsewhere. */
const cullers = new Set(['manager', 'notebook-controller', 'kubeflow-notebook-controller']);
/** This extension, kubectl's verbs, the Jupyter Web App's Python client, editors of Kubernetes objects. */
const people = /^(kubeflow-notebooks|kubectl\b.*|OpenAPI-Generator|k9s|Mozilla|node-fetch|python-requests)/;

/** 'unknown' where the object carries no managed fields, or a manager that is neither. */
export function stoppedBy(notebook: Notebook): 'user' | 'culler' | 'unknown' {
  const fields = (notebook.metadata as { managedFields?: ManagedFields[] }).managedFields ?? [];
  const key = `f:${annotations.stopped}`;
  const owner = fields.find((f) => f.fieldsV1?.['f:metadata']?.['f:annotations']?.[key] !== undefined)?.manager;
  if (owner === undefined) return 'unknown';
  if (cullers.has(owner)) return 'culler';
  return people.test(owner) ? 'user' : 'unknown';
}
