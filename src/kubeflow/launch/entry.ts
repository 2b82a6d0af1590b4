/** What is written down of a launch before anything of it is made, and how much of that may be kept. Pure. */
import type { KubeObject, ResourceType } from '../../k8s/objects.ts';
import { persistentVolumeClaims } from '../../k8s/objects.ts';
import type { Manifests } from '../form/manifests.ts';
import { notebooks } from '../objects.ts';
import type { Notebook } from '../objects.ts';

export type LaunchKind = 'claim' | 'notebook';

export interface LaunchObject {
  kind: LaunchKind;
  name: string;
  /** 'tried': asked for, and no honest answer was seen yet. 'made' is written down after the API server's answer. */
  state: 'planned' | 'tried' | 'made';
  /** Of the very object that the launch made, once it is known. */
  uid?: string;
  /** What *Finish* sends; never with values of environment variables, and none for a copy of somebody's Notebook. */
  body?: KubeObject;
}

/** An environment variable whose value was not written down. */
export interface Withheld {
  container: string;
  variable: string;
  /** Its place among the variables of all containers: a name may stand there more than once. */
  at: number;
}

/** One launch as the journal keeps it. */
export interface LaunchEntry {
  version: 1;
  /** The launch's id, as the annotation of everything it makes has it. */
  id: string;
  context: string;
  /** Of the API server behind the context then. */
  fingerprint: string;
  namespace: string;
  /** The notebook server's. */
  name: string;
  /** RFC 3339. */
  began: string;
  /** 'undoing': it was refused or given up, and what stands of it is to go. */
  doing: 'making' | 'undoing';
  /** It is an edit of a server that stands: its objects are the volumes that it makes first, and with its patch it is complete. */
  edit?: true;
  /** In the order in which they are made: the Notebook is the last, and with it the launch is complete. */
  objects: LaunchObject[];
  withheld: Withheld[];
}

export const typeOf: Record<LaunchKind, ResourceType> = { claim: persistentVolumeClaims, notebook: notebooks };

/** @param isCopy of a Notebook whose fields may hold anything: its body is not kept */
export function entryOf(
  made: Manifests,
  about: Pick<LaunchEntry, 'id' | 'context' | 'fingerprint' | 'namespace' | 'name' | 'began'>,
  isCopy: boolean,
): LaunchEntry {
  const { body, withheld } = withhold(made.notebook);
  const claims = made.claims.map((claim) => planned('claim', claim));
  const notebook = planned('notebook', body);
  if (isCopy) delete notebook.body;
  return { version: 1, ...about, doing: 'making', objects: [...claims, notebook], withheld };
}

/** An edit's new volumes: until the Notebook names them nobody needs them. */
export function editEntryOf(
  { claims }: Pick<Manifests, 'claims'>,
  about: Pick<LaunchEntry, 'id' | 'context' | 'fingerprint' | 'namespace' | 'name' | 'began'>,
): LaunchEntry {
  const objects = claims.map((claim) => planned('claim', claim));
  return { version: 1, ...about, doing: 'making', edit: true, objects, withheld: [] };
}

function planned(kind: LaunchKind, body: KubeObject): LaunchObject {
  return { kind, name: body.metadata.name, state: 'planned', body };
}

/** A Notebook without the values of its environment variables, and whose they were. */
function withhold(notebook: Notebook): { body: Notebook; withheld: Withheld[] } {
  const body = structuredClone(notebook);
  const withheld: Withheld[] = [];
  for (const [at, { container, one }] of variablesOf(body).entries()) {
    if (one.value === undefined || one.value === '') continue;
    one.value = '';
    withheld.push({ container, variable: one.name, at });
  }
  return { body, withheld };
}

/** A body of the journal with the values that were withheld, in the order in which the entry names them. */
export function withValues(body: KubeObject, withheld: readonly Withheld[], values: readonly string[]): KubeObject {
  const whole = structuredClone(body) as Notebook;
  const variables = variablesOf(whole);
  for (const [index, { at }] of withheld.entries()) {
    const [variable, value] = [variables[at], values[index]];
    if (variable && value !== undefined) variable.one.value = value;
  }
  return whole;
}

function variablesOf(notebook: Notebook): { container: string; one: { name: string; value?: string } }[] {
  const spec = notebook.spec?.template?.spec;
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return containers.flatMap(({ name, env }) => (env ?? []).map((one) => ({ container: name, one })));
}

/** Whether a stored text is an entry of this version; what an older or newer version wrote is left alone. */
export function isEntry(value: unknown): value is LaunchEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { version, id, context, fingerprint, namespace, name, objects, withheld } = value as Partial<LaunchEntry>;
  const texts = [id, context, fingerprint, namespace, name].every((one) => typeof one === 'string');
  return version === 1 && texts && Array.isArray(objects) && Array.isArray(withheld);
}
