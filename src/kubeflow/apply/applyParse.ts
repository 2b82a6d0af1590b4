/** A multi-document YAML as objects, with the line of everything that is wrong. Pure. */
import { isMap, isNode, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';
import { apiVersionOf, persistentVolumeClaims } from '../../k8s/objects.ts';
import type { KubeObject, ResourceType } from '../../k8s/objects.ts';
import { notebooks, profiles } from '../objects.ts';

/** What can be wrong with a document before any cluster is asked. `line` counts from 1. */
export type DocumentProblem = { line: number } & (
  | { code: 'syntax'; message: string }
  | { code: 'notAnObject' }
  | { code: 'missing'; field: 'apiVersion' | 'kind' | 'metadata.name' | 'metadata.namespace' }
  | { code: 'kindNotAllowed'; kind: string }
  | { code: 'versionNotAllowed'; kind: string; apiVersion: string; allowed: string[] }
  | { code: 'duplicate'; kind: string; name: string; firstLine: number }
  | { code: 'profileComesLater'; profile: string; profileLine: number }
);

export interface ParsedDocument {
  /** Counts from 1; documents without content do not count. */
  number: number;
  /** The first line of its content, from 1. */
  line: number;
  kind?: string;
  name?: string;
  namespace?: string;
  /** Set together with `object`: the document can be sent. */
  type?: ResourceType;
  /** Ready to be applied: without status and what the API server stamps. */
  object?: KubeObject;
  problems: DocumentProblem[];
  /** The line of a field, e.g. `spec.template.spec.containers[0].image`; of its nearest ancestor where it is not there. */
  lineOf(path: string): number;
}

const allowed: readonly { type: ResourceType; versions: readonly string[] }[] = [
  { type: profiles, versions: ['v1', 'v1beta1'] },
  { type: notebooks, versions: ['v1', 'v1beta1', 'v1alpha1'] },
  { type: persistentVolumeClaims, versions: ['v1'] },
];

/** Kinds that may be applied, for the sentence that refuses others. */
export const allowedKinds: readonly string[] = allowed.map((a) => a.type.kind);

/**
 * Reads the documents of a file. `namespace` is for objects that name none, like kubectl's context namespace. A
 * document with problems has no `object`.
 */
export function planDocuments(text: string, o: { namespace?: string } = {}): ParsedDocument[] {
  const lines = new LineCounter();
  // `<<` is no YAML 1.2 any more, but kubectl still merges; an empty stream is one empty document that is no array
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, merge: true });
  const documents: ParsedDocument[] = [];
  for (const document of Array.isArray(parsed) ? parsed : []) {
    if (isEmpty(document) && document.errors.length === 0) continue;
    documents.push(readDocument(document, lines, documents.length + 1, o.namespace));
  }
  relate(documents);
  return documents;
}

/** Nothing, or nothing but comments, between two separators. */
function isEmpty(document: Document.Parsed): boolean {
  const { contents } = document;
  return contents === null || (isScalar(contents) && contents.value === null);
}

function readDocument(
  document: Document.Parsed,
  lines: LineCounter,
  number: number,
  defaultNamespace: string | undefined,
): ParsedDocument {
  const at = (offset: number | undefined) => lines.linePos(offset ?? document.range[0]).line;
  const line = at(document.contents?.range?.[0]);
  const result: ParsedDocument = {
    number,
    line,
    problems: document.errors.map((e) => ({ line: at(e.pos[0]), code: 'syntax', message: e.message })),
    lineOf: (path) => lineOf(document, path, at, line),
  };
  if (result.problems.length > 0) return result;
  if (!isMap(document.contents)) {
    result.problems.push({ line, code: 'notAnObject' });
    return result;
  }
  const object = toObject(document);
  if (typeof object === 'string') {
    result.problems.push({ line, code: 'syntax', message: object });
    return result;
  }
  const word = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  const [apiVersion, kind] = [word(object.apiVersion), word(object.kind)];
  result.kind = kind;
  result.name = word(object.metadata?.name);
  if (!apiVersion) result.problems.push({ line, code: 'missing', field: 'apiVersion' });
  if (!kind) result.problems.push({ line, code: 'missing', field: 'kind' });
  if (!apiVersion || !kind) return result;

  const known = allowed.find((a) => a.type.kind === kind);
  if (!known) {
    result.problems.push({ line: result.lineOf('kind'), code: 'kindNotAllowed', kind });
    return result;
  }
  const versions = known.versions.map((version) => ({ ...known.type, version }));
  const type = versions.find((t) => apiVersionOf(t) === apiVersion);
  if (!type) {
    const names = versions.map(apiVersionOf);
    result.problems.push({
      line: result.lineOf('apiVersion'),
      code: 'versionNotAllowed',
      kind,
      apiVersion,
      allowed: names,
    });
    return result;
  }
  result.namespace = type.namespaced ? (word(object.metadata?.namespace) ?? defaultNamespace) : undefined;
  if (!result.name) result.problems.push({ line: result.lineOf('metadata'), code: 'missing', field: 'metadata.name' });
  if (type.namespaced && !result.namespace)
    result.problems.push({ line: result.lineOf('metadata'), code: 'missing', field: 'metadata.namespace' });
  if (result.problems.length > 0) return result;
  result.type = type;
  result.object = cleaned(object as KubeObject, result.namespace);
  return result;
}

/** The document's contents, or what is wrong with its aliases: one without an anchor, in a circle, or far too many. */
function toObject(document: Document.Parsed): Partial<KubeObject> | string {
  try {
    const object = document.toJS() as Partial<KubeObject>;
    JSON.stringify(object);
    return object;
  } catch (error) {
    return error instanceof ReferenceError ? error.message : 'an anchor holds an alias of itself';
  }
}

/** What `kubectl get -o yaml` adds belongs to the API server; applied, it would be refused or mean nothing. */
function cleaned(object: KubeObject & { status?: unknown }, namespace: string | undefined): KubeObject {
  const rest: KubeObject & { status?: unknown } = { ...object };
  delete rest.status;
  const metadata: Record<string, unknown> = { ...object.metadata, ...(namespace ? { namespace } : {}) };
  for (const key of ['managedFields', 'resourceVersion', 'uid', 'creationTimestamp', 'generation', 'selfLink'])
    delete metadata[key];
  if (!namespace) delete metadata['namespace'];
  return { ...rest, metadata: metadata as unknown as KubeObject['metadata'] };
}

/** Walks a field path as Kubernetes writes it; keys with dots stand in brackets: metadata.annotations[a.b/c]. */
function lineOf(
  document: Document.Parsed,
  path: string,
  at: (offset: number | undefined) => number,
  fallback: number,
): number {
  const keys = [...path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map((m) => m[1] ?? m[2] ?? '');
  let line = fallback;
  for (let depth = 1; depth <= keys.length; depth++) {
    const walked = keys.slice(0, depth).map((k) => (/^\d+$/.test(k) ? Number(k) : k));
    const parent = depth === 1 ? document.contents : document.getIn(walked.slice(0, -1), true);
    const pair = isMap(parent)
      ? parent.items.find((p) => String(isNode(p.key) ? p.key.toJSON() : p.key) === String(walked.at(-1)))
      : undefined;
    const node = pair ? pair.key : document.getIn(walked, true);
    if (!isNode(node)) break;
    line = at(node.range?.[0]);
  }
  return line;
}

/** Problems between documents: the same object twice, and a profile that comes after what lives in it. */
function relate(documents: ParsedDocument[]): void {
  const first = new Map<string, ParsedDocument>();
  for (const document of documents) {
    const { kind, name, namespace } = document;
    if (!kind || !name || !document.object) continue;
    const key = `${kind}/${namespace ?? ''}/${name}`;
    const other = first.get(key);
    if (other) {
      const line = document.lineOf('metadata.name');
      document.problems.push({ line, code: 'duplicate', kind, name, firstLine: other.line });
    } else first.set(key, document);
    const profile = documents.find((d) => d.kind === 'Profile' && d.name === namespace);
    if (namespace && profile && profile.number > document.number) {
      const line = document.lineOf('metadata.namespace');
      document.problems.push({ line, code: 'profileComesLater', profile: namespace, profileLine: profile.line });
    }
  }
  for (const document of documents) if (document.problems.length > 0) document.object = undefined;
}
