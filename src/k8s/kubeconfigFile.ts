import type { Cluster, User } from '@kubernetes/client-node';
import type path from 'node:path';
import { parseAllDocuments, type ParseOptions, type DocumentOptions, type SchemaOptions } from 'yaml';
import { KubeError } from './errors.ts';

/** The `exec` part of a user entry (client.authentication.k8s.io), checked only when it is run. */
export interface ExecConfig {
  apiVersion?: string;
  command: string;
  args: string[];
  env: { name: string; value: string }[];
  installHint?: string;
  provideClusterInfo: boolean;
  interactiveMode?: string;
}

/** One entry of `clusters`. Paths are absolute. */
export interface KubeCluster extends Cluster {
  /** What an exec plugin of this cluster is told (extension `client.authentication.k8s.io/exec`). */
  readonly execConfig?: unknown;
}

/** One entry of `users`. Paths are absolute, and so is an exec command that names a folder. */
export interface KubeUser extends Omit<User, 'exec' | 'authProvider'> {
  /** The kubeconfig that it is from: the same name in another file is somebody else. */
  readonly file?: string;
  readonly tokenFile?: string;
  readonly exec?: ExecConfig;
  readonly authProvider?: { name: string; config: Record<string, string> };
  readonly impersonate?: { user?: string; uid?: string; groups: string[]; extra: Record<string, string[]> };
}

/** One entry of `contexts`: who is meant may be missing, or be in another file. */
export interface ContextEntry {
  readonly name: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

/** One kubeconfig file by itself. */
export interface KubeconfigFile {
  readonly path: string;
  /** One whose `server` is empty can't be used, but keeps later files from naming one. */
  readonly clusters: KubeCluster[];
  readonly users: KubeUser[];
  readonly contexts: ContextEntry[];
  readonly currentContext?: string;
}

type Dictionary = Record<string, unknown>;

/**
 * Every plain word is text: kubectl reads YAML 1.1, where `on` and `n` are truth values and 0123 is a number, and then
 * refuses them as names and tokens. As in kubectl the last of two equal keys wins, and `<<` merges.
 */
const asText: ParseOptions & DocumentOptions & SchemaOptions = {
  schema: 'failsafe',
  customTags: ['null', 'merge'],
  merge: true,
  uniqueKeys: false,
  logLevel: 'silent',
  prettyErrors: true,
};
const execExtension = 'client.authentication.k8s.io/exec';

/**
 * Reads one kubeconfig's text: YAML or JSON; of several documents the first, as kubectl does. Entries without a name are
 * left out, as kubectl minds what is missing only when it is used; an empty text is an empty kubeconfig.
 * @throws KubeError KubeconfigInvalid, with the line where there is one
 */
export async function parseKubeconfig(text: string, file: string, paths: path.PlatformPath): Promise<KubeconfigFile> {
  const invalid = (detail: string): KubeError => new KubeError({ code: 'KubeconfigInvalid', path: file, detail });
  const document = firstDocument(text, asText);
  const problem = document?.errors[0];
  if (problem) {
    // The parser's message goes on with an excerpt, which may hold a token: only its first line is kept.
    const line = problem.linePos?.[0].line;
    const sentence = problem.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
    throw invalid(line === undefined ? sentence : `line ${line}: ${sentence}`);
  }
  const root: unknown = document?.toJS({ maxAliasCount: 100 });
  if (root === null || root === undefined) return { path: file, clusters: [], users: [], contexts: [] };
  if (!isDictionary(root)) throw invalid('it is no map of clusters, users and contexts');
  for (const list of ['clusters', 'users', 'contexts']) {
    const value = root[list];
    if (value !== undefined && value !== null && !Array.isArray(value)) throw invalid(`${list} is no list`);
  }
  // What a plugin is told about its cluster is data of any type, so this part alone is read with types.
  const typed: unknown = text.includes(execExtension)
    ? firstDocument(text, { merge: true, uniqueKeys: false, logLevel: 'silent' })?.toJS({ maxAliasCount: 100 })
    : undefined;
  return fileOf(root, isDictionary(typed) ? typed : {}, file, paths);
}

function firstDocument(text: string, options: typeof asText) {
  // An empty stream has no document.
  const documents = parseAllDocuments(text.replace(/^\uFEFF/, ''), options);
  return Array.isArray(documents) ? documents[0] : undefined;
}

async function fileOf(
  root: Dictionary,
  typed: Dictionary,
  file: string,
  paths: path.PlatformPath,
): Promise<KubeconfigFile> {
  const { KubeConfig } = await import('./clientNode.ts');
  const folder = paths.dirname(file);
  const absolute = (name: unknown): string | undefined =>
    typeof name === 'string' && name !== '' ? paths.resolve(folder, name) : undefined;
  const parsed = new KubeConfig();
  const lists = { clusters: entries(root.clusters, 'cluster'), users: entries(root.users, 'user') };
  const rawCluster = byName(lists.clusters, 'cluster');
  const rawUser = byName(lists.users, 'user');
  parsed.loadFromString(
    JSON.stringify({ ...lists, clusters: lists.clusters.map((entry) => typedCluster(entry, rawCluster)) }),
    { onInvalidEntry: 'filter' },
  );
  const extensions = byName(entries(typed.clusters, 'cluster'), 'cluster');
  return {
    path: file,
    clusters: parsed.clusters.map((cluster) => ({
      ...cluster,
      server: cluster.server.trim(),
      caFile: absolute(cluster.caFile),
      execConfig: execConfigOf(extensions.get(cluster.name)?.extensions),
    })),
    users: parsed.users.map((user) => {
      const raw = rawUser.get(user.name) ?? {};
      return {
        ...user,
        file,
        certFile: absolute(user.certFile),
        keyFile: absolute(user.keyFile),
        tokenFile: absolute(raw.tokenFile),
        exec: execOf(raw.exec, folder, paths),
        authProvider: authProviderOf(raw['auth-provider']),
        impersonate: impersonationOf(raw),
      };
    }),
    contexts: entries(root.contexts, 'context').map((entry) => {
      const context = isDictionary(entry.context) ? entry.context : {};
      const [cluster, user, namespace] = [text(context.cluster), text(context.user), text(context.namespace)];
      return { name: entry.name as string, cluster, user, namespace };
    }),
    currentContext: text(root['current-context']),
  };
}

/** As client-node wants it: a truth value for TLS, and some text as server, so that the entry is not left out. */
function typedCluster(entry: Dictionary, raw: Map<string, Dictionary>): Dictionary {
  const cluster = raw.get(entry.name as string) ?? {};
  const insecure = flag(cluster['insecure-skip-tls-verify']);
  return {
    ...entry,
    cluster: { ...cluster, server: text(cluster.server) ?? ' ', 'insecure-skip-tls-verify': insecure },
  };
}

/** The maps of a list that have a name and a map of their own under `key`; the first of a name wins. */
function entries(list: unknown, key: string): Dictionary[] {
  const seen = new Set<string>();
  return (Array.isArray(list) ? (list as unknown[]) : []).filter((entry): entry is Dictionary => {
    if (!isDictionary(entry) || text(entry.name) === undefined || seen.has(text(entry.name)!)) return false;
    if (entry[key] !== undefined && entry[key] !== null && !isDictionary(entry[key])) return false;
    seen.add(text(entry.name)!);
    return true;
  });
}

function byName(list: Dictionary[], key: string): Map<string, Dictionary> {
  return new Map(list.map((entry) => [text(entry.name)!, isDictionary(entry[key]) ? entry[key] : {}]));
}

/** A command with a separator is relative to the kubeconfig's folder (as in client-go), a bare name is looked up. */
function execOf(raw: unknown, folder: string, paths: path.PlatformPath): ExecConfig | undefined {
  if (!isDictionary(raw) || typeof raw.command !== 'string') return undefined;
  const hasFolder = raw.command.includes('/') || raw.command.includes(paths.sep);
  return {
    apiVersion: text(raw.apiVersion),
    command: hasFolder ? paths.resolve(folder, raw.command) : raw.command,
    args: strings(raw.args),
    env: (Array.isArray(raw.env) ? (raw.env as unknown[]) : [])
      .filter(isDictionary)
      .map(({ name, value }) => ({ name: text(name) ?? '', value: text(value) ?? '' }))
      .filter(({ name }) => name !== ''),
    installHint: text(raw.installHint),
    provideClusterInfo: flag(raw.provideClusterInfo),
    interactiveMode: text(raw.interactiveMode),
  };
}

function execConfigOf(extensions: unknown): unknown {
  if (!Array.isArray(extensions)) return undefined;
  const found = (extensions as unknown[]).find(
    (entry): entry is Dictionary => isDictionary(entry) && entry.name === execExtension,
  );
  return found?.extension;
}

function authProviderOf(raw: unknown): KubeUser['authProvider'] {
  if (!isDictionary(raw) || typeof raw.name !== 'string') return undefined;
  const config = isDictionary(raw.config) ? raw.config : {};
  return { name: raw.name, config: Object.fromEntries(Object.entries(config).map(([k, v]) => [k, text(v) ?? ''])) };
}

function impersonationOf(raw: Dictionary): KubeUser['impersonate'] {
  const user = text(raw.as);
  const uid = text(raw['as-uid']);
  const groups = strings(raw['as-groups']);
  const extra = isDictionary(raw['as-user-extra']) ? raw['as-user-extra'] : {};
  if (user === undefined && uid === undefined && groups.length === 0 && Object.keys(extra).length === 0)
    return undefined;
  return { user, uid, groups, extra: Object.fromEntries(Object.entries(extra).map(([k, v]) => [k, strings(v)])) };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? (value as unknown[]).map((item) => text(item) ?? '') : [];
}

function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** YAML 1.1's truth, as kubectl reads it. */
function flag(value: unknown): boolean {
  return typeof value === 'string' && /^(y|yes|true|on)$/i.test(value);
}

function isDictionary(value: unknown): value is Dictionary {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
