import type { Cluster, Context, User } from '@kubernetes/client-node';
import type path from 'node:path';
import { parseDocument } from 'yaml';
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
  readonly tokenFile?: string;
  readonly exec?: ExecConfig;
  readonly authProvider?: { name: string; config: Record<string, string> };
  readonly impersonate?: { user?: string; uid?: string; groups: string[]; extra: Record<string, string[]> };
}

/** One kubeconfig file by itself. */
export interface KubeconfigFile {
  readonly path: string;
  readonly clusters: KubeCluster[];
  readonly users: KubeUser[];
  readonly contexts: Context[];
  readonly currentContext?: string;
}

type Dictionary = Record<string, unknown>;

/**
 * Reads one kubeconfig's text. Entries without the fields that make them usable are left out, as kubectl minds them
 * only when they are used; an empty text is an empty kubeconfig.
 * @throws KubeError KubeconfigInvalid, with the line where there is one
 */
export async function parseKubeconfig(text: string, file: string, paths: path.PlatformPath): Promise<KubeconfigFile> {
  const invalid = (detail: string): KubeError => new KubeError({ code: 'KubeconfigInvalid', path: file, detail });
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { prettyErrors: true });
  const problem = document.errors[0];
  if (problem) {
    // The parser's message goes on with an excerpt, which may hold a token: only its first line is kept.
    const line = problem.linePos?.[0].line;
    const sentence = problem.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
    throw invalid(line === undefined ? sentence : `line ${line}: ${sentence}`);
  }
  const root: unknown = document.toJS({ maxAliasCount: 100 });
  if (root === null || root === undefined) return { path: file, clusters: [], users: [], contexts: [] };
  if (!isDictionary(root)) throw invalid('it is no map of clusters, users and contexts');
  for (const list of ['clusters', 'users', 'contexts']) {
    const value = root[list];
    if (value !== undefined && value !== null && !Array.isArray(value)) throw invalid(`${list} is no list`);
  }
  return fileOf(root, file, paths);
}

async function fileOf(root: Dictionary, file: string, paths: path.PlatformPath): Promise<KubeconfigFile> {
  const { KubeConfig } = await import('./clientNode.ts');
  const folder = paths.dirname(file);
  const absolute = (name: unknown): string | undefined =>
    typeof name === 'string' && name !== '' ? paths.resolve(folder, name) : undefined;
  const parsed = new KubeConfig();
  const lists = { clusters: entries(root.clusters, 'cluster'), users: entries(root.users, 'user') };
  parsed.loadFromString(JSON.stringify({ ...lists, contexts: entries(root.contexts, 'context') }), {
    onInvalidEntry: 'filter',
  });
  const rawCluster = byName(lists.clusters, 'cluster');
  const rawUser = byName(lists.users, 'user');
  const current = root['current-context'];
  return {
    path: file,
    clusters: parsed.clusters.map((cluster) => ({
      ...cluster,
      caFile: absolute(cluster.caFile),
      execConfig: execConfigOf(rawCluster.get(cluster.name)?.extensions),
    })),
    users: parsed.users.map((user) => {
      const raw = rawUser.get(user.name) ?? {};
      return {
        ...user,
        certFile: absolute(user.certFile),
        keyFile: absolute(user.keyFile),
        tokenFile: absolute(raw.tokenFile),
        exec: execOf(raw.exec, folder, paths),
        authProvider: authProviderOf(raw['auth-provider']),
        impersonate: impersonationOf(raw),
      };
    }),
    contexts: parsed.contexts,
    currentContext: typeof current === 'string' && current !== '' ? current : undefined,
  };
}

/** The maps of a list that have a name and a map of their own under `key`; the first of a name wins. */
function entries(list: unknown, key: string): Dictionary[] {
  const seen = new Set<string>();
  return (Array.isArray(list) ? (list as unknown[]) : []).filter((entry): entry is Dictionary => {
    if (!isDictionary(entry) || typeof entry.name !== 'string' || seen.has(entry.name)) return false;
    if (entry[key] !== undefined && entry[key] !== null && !isDictionary(entry[key])) return false;
    seen.add(entry.name);
    return true;
  });
}

function byName(list: Dictionary[], key: string): Map<string, Dictionary> {
  return new Map(list.map((entry) => [entry.name as string, isDictionary(entry[key]) ? entry[key] : {}]));
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
    provideClusterInfo: raw.provideClusterInfo === true,
    interactiveMode: text(raw.interactiveMode),
  };
}

function execConfigOf(extensions: unknown): unknown {
  if (!Array.isArray(extensions)) return undefined;
  const found = (extensions as unknown[]).find(
    (entry): entry is Dictionary => isDictionary(entry) && entry.name === 'client.authentication.k8s.io/exec',
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

function isDictionary(value: unknown): value is Dictionary {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
