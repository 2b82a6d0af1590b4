/**
 * Links that open this extension: one connects to a notebook server, one opens the form filled in. Whoever wrote a link is
 * a stranger: it is checked here before anything is said or done, and can ask for nothing that is not listed here. Pure.
 */
import type { SpawnForm } from './form.ts';
import { isLabel, isObjectName } from './form/syntax.ts';
import { fieldsOf, readFields } from './links/formFields.ts';
import { parseQuery, printQuery } from './links/query.ts';
import { Reader, type LinkProblem } from './links/reader.ts';

export type { LinkProblem } from './links/reader.ts';

/** Of this extension, as VS Code has it (publisher.name): links name it, so it stays. */
export const extensionId = 'kubeflow-notebooks.kubeflow-notebooks';

/** Where a link leads: a context's name, and which API server that was for whoever made the link. */
export interface LinkPlace {
  context: string;
  /** As KubeContext.fingerprint. */
  fingerprint?: string;
}

export interface ConnectLink extends LinkPlace {
  kind: 'connect';
  namespace: string;
  name: string;
  /** From the server's root, without a leading slash. */
  file?: string;
}

export interface FormLink extends Partial<LinkPlace> {
  kind: 'new';
  namespace?: string;
  /** What the link says of the form; the rest begins as usual. */
  form: Partial<SpawnForm>;
}

export type Link = ConnectLink | FormLink;

export type ParsedLink = { link: Link; ignored: string[] } | { problem: LinkProblem };

/** A link that connects to a server, and opens a file there; `scheme`: vscode.env.uriScheme. */
export function connectLink(
  scheme: string,
  { context, fingerprint, namespace, name, file }: Omit<ConnectLink, 'kind'>,
): string {
  const place = placePairs({ context, fingerprint });
  const server = [...pair('namespace', namespace), ...pair('name', name), ...pair('file', file)];
  return linkOf(scheme, 'connect', [...place, ...server]);
}

/** A link that opens the form as it is filled in, without what links may not hold; see `leftOut`. */
export function formLink(scheme: string, place: LinkPlace, form: SpawnForm): string {
  return linkOf(scheme, 'new', [...placePairs(place), ...pair('namespace', form.namespace), ...fieldsOf(form)]);
}

/** What a link means that VS Code handed over, its path and query with the percent signs taken out once. */
export function parseLink({ path, query }: { path: string; query: string }): ParsedLink {
  if (path !== '/connect' && path !== '/new') return { problem: { code: 'unknownKind' } };
  const values = parseQuery(query);
  if (!values) return { problem: { code: 'damaged' } };
  const reader = new Reader(values);
  const link = path === '/connect' ? readConnect(reader) : readForm(reader);
  return reader.problem ? { problem: reader.problem } : { link, ignored: reader.ignored };
}

function readConnect(reader: Reader): ConnectLink {
  const context = reader.need('context', isShownAsItIs);
  const fingerprint = reader.get('cluster', isFingerprint);
  const namespace = reader.need('namespace', isLabel);
  const name = reader.need('name', isObjectName);
  const file = reader.get('file', isPathBelow);
  return { kind: 'connect', context, fingerprint, namespace, name, ...(file === undefined ? {} : { file }) };
}

function readForm(reader: Reader): FormLink {
  const context = reader.get('context', isShownAsItIs);
  const fingerprint = reader.get('cluster', isFingerprint);
  const namespace = reader.get('namespace', isLabel);
  return { kind: 'new', context, fingerprint, namespace, form: readFields(reader) };
}

/** A text that looks like what it is: nothing in it breaks a line, turns its direction or cannot be seen. */
function isShownAsItIs(text: string): boolean {
  return text.length > 0 && text.length <= 253 && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u.test(text);
}

function isFingerprint(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text);
}

/** A file below the server's root: no step upwards, no other root, nothing that a server could read as one. */
function isPathBelow(text: string): boolean {
  // Joiners are part of emoji and of words in some scripts; whatever else cannot be seen makes one name look like another.
  const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u;
  if (text.includes('\\') || hidden.test(text.replace(/[\u200c\u200d]/g, ''))) return false;
  return text.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function placePairs({ context, fingerprint }: LinkPlace): [string, string][] {
  return [...pair('context', context), ...pair('cluster', fingerprint)];
}

function pair(key: string, value: string | undefined): [string, string][] {
  return value === undefined || value === '' ? [] : [[key, value]];
}

function linkOf(scheme: string, kind: Link['kind'], pairs: [string, string][]): string {
  return `${scheme}://${extensionId}/${kind}?${printQuery(pairs)}`;
}
