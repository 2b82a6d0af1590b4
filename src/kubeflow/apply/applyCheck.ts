/** Asks the cluster about every document before anything is sent: a server-side dry-run each. */
import type { Cluster } from '../../k8s/cluster.ts';
import { isKubeError } from '../../k8s/errors.ts';
import type { KubeError } from '../../k8s/errors.ts';
import { namespaces } from '../../k8s/objects.ts';
import type { KubeObject, ResourceType } from '../../k8s/objects.ts';
import type { DocumentProblem, ParsedDocument } from './applyParse.ts';
import { fieldManager } from '../objects.ts';
import { checkSchema, fetchSchemas } from './schemaCheck.ts';
import type { SchemaFinding } from './schemaCheck.ts';

/** One thing that keeps a document from being applied. */
export type ApplyFinding = { document: ParsedDocument; line: number } & (
  | { kind: 'document'; problem: DocumentProblem }
  | { kind: 'schema'; finding: SchemaFinding }
  | { kind: 'cluster'; problem: KubeError; field?: string; message?: string }
);

export interface CheckResult {
  /** In the order of the file. Empty: everything may be applied. */
  findings: ApplyFinding[];
  /** Documents whose namespace an earlier Profile of the file creates: checked against the schema only. */
  schemaOnly: ParsedDocument[];
  /** Of those, the ones for which the cluster gave no schema either: not checked. */
  unchecked: ParsedDocument[];
}

export interface ApplyOptions {
  signal?: AbortSignal;
  /** Take over fields that another manager has set; without it such a field is a conflict. */
  force?: boolean;
}

/**
 * Checks all documents; sends nothing that lasts. Where one can't even be read, the cluster is not asked at all.
 * @throws KubeError where the cluster can't be asked (it does not answer, sign-in ended)
 */
export async function checkDocuments(
  cluster: Cluster,
  documents: readonly ParsedDocument[],
  o: ApplyOptions = {},
): Promise<CheckResult> {
  const result: CheckResult = { findings: [], schemaOnly: [], unchecked: [] };
  for (const document of documents)
    for (const problem of document.problems)
      result.findings.push({ document, line: problem.line, kind: 'document', problem });
  if (result.findings.length > 0) return result;

  const schemas = new Map<string, ReturnType<typeof fetchSchemas>>();
  for (const document of documents) {
    const { type, object } = document;
    if (!type || !object) continue;
    try {
      await send(cluster, type, object, { ...o, dryRun: true });
    } catch (error) {
      if (!isKubeError(error) || !isAnswer(error)) throw error;
      if (!(await awaitsProfile(cluster, document, documents, error, o.signal))) {
        result.findings.push(...clusterFindings(document, error));
        continue;
      }
      result.schemaOnly.push(document);
      const key = `${type.group}/${type.version}`;
      const fetched = schemas.get(key) ?? fetchSchemas(cluster, type, o.signal);
      schemas.set(key, fetched);
      const found = checkSchema((await fetched) ?? {}, type, object);
      if (!found) result.unchecked.push(document);
      for (const finding of found ?? [])
        result.findings.push({ document, line: document.lineOf(finding.field), kind: 'schema', finding });
    }
  }
  return result;
}

/** Server-side apply of one object, as JSON (which is YAML). */
export function send(
  cluster: Cluster,
  type: ResourceType,
  object: KubeObject,
  o: ApplyOptions & { dryRun?: boolean },
): Promise<KubeObject> {
  const { name, namespace } = object.metadata;
  return cluster.patch<KubeObject>(type, { name, ...(namespace ? { namespace } : {}) }, object, {
    kind: 'apply',
    fieldManager,
    ...(o.dryRun ? { dryRun: true } : {}),
    ...(o.force ? { force: true } : {}),
    ...(o.signal ? { signal: o.signal } : {}),
  });
}

/** Did the cluster judge the document, or could it just not be asked? */
function isAnswer(error: KubeError): boolean {
  switch (error.problem.code) {
    case 'Forbidden':
    case 'Refused':
    case 'NotFound':
    case 'AlreadyExists':
    case 'Conflict':
    case 'Invalid':
      return true;
    case 'ServerError':
      // too large for the API server, or for etcd behind it
      if (error.problem.status === 413 || /request is too large/i.test(error.message)) return true;
      // a field that the schema lacks comes as a 400 or 500 without a reason of its own
      return /typed patch|not declared in schema|strict decoding|unknown field|cannot unmarshal/i.test(error.message);
    default:
      return false;
  }
}

/** Is it refused only because its namespace is not there yet, which an earlier Profile of the file will create? */
async function awaitsProfile(
  cluster: Cluster,
  document: ParsedDocument,
  documents: readonly ParsedDocument[],
  error: KubeError,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { namespace } = document;
  const comes = documents.some((d) => d.kind === 'Profile' && d.name === namespace && d.number < document.number);
  if (!namespace || !comes) return false;
  const { problem } = error;
  const maybe = problem.code === 'NotFound' ? problem.missing === 'object' : problem.code === 'Forbidden';
  if (!maybe) return false;
  try {
    await cluster.get(namespaces, { name: namespace }, signal);
    return false;
  } catch (reading) {
    if (isKubeError(reading, 'NotFound') || isKubeError(reading, 'Forbidden')) return true;
    throw reading;
  }
}

/** One finding per field that the API server names, each on its line. */
export function clusterFindings(document: ParsedDocument, problem: KubeError): ApplyFinding[] {
  const base = { document, kind: 'cluster', problem } as const;
  const details = problem.problem;
  if (details.code === 'Invalid' && details.fields.length > 0)
    return details.fields.map(({ field, message }) => ({ ...base, line: document.lineOf(field), field, message }));
  const undeclared =
    'message' in details ? /\.((?:spec|metadata)[^\s:]*): field not declared/.exec(details.message) : null;
  const field = undeclared?.[1];
  if (field !== undefined) return [{ ...base, line: document.lineOf(field), field }];
  return [{ ...base, line: document.line }];
}
