import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { KubeError } from './errors.ts';
import {
  parseKubeconfig,
  type ContextEntry,
  type KubeCluster,
  type KubeconfigFile,
  type KubeUser,
} from './kubeconfigFile.ts';

export { KubeconfigSource } from './kubeconfigSource.ts';
export type { ExecConfig, KubeCluster, KubeUser } from './kubeconfigFile.ts';

/** A context with its cluster and user found: all that is needed to connect. */
export interface KubeContext {
  name: string;
  clusterName: string;
  /** '' for a context that names no user: it works without any sign-in. */
  userName: string;
  namespace?: string;
  /** The API server's URL without a slash at the end; may have a path. */
  server: string;
  /** 16 hex digits of sha256(server URL + CA): which cluster this is, whatever it is called. */
  fingerprint: string;
  cluster: KubeCluster;
  user: KubeUser;
}

/** Where to look for kubeconfigs. */
export interface KubeconfigPlace {
  env: NodeJS.ProcessEnv;
  home: string;
  platform: NodeJS.Platform;
  /** One file instead of KUBECONFIG and ~/.kube/config, like kubectl's --kubeconfig. `~/` is the home. */
  path?: string;
  /** Where a pod finds its service account; only tests say something else. */
  serviceAccount?: string;
}

/** Which files are read, in their order, whether they exist or not (kubectl's rules). */
export function kubeconfigPaths(place: KubeconfigPlace): string[] {
  const paths = place.platform === 'win32' ? path.win32 : path.posix;
  const absolute = (name: string): string =>
    /^~[/\\]/.test(name) ? paths.join(place.home, name.slice(2)) : paths.resolve(name);
  if (place.path) return [absolute(place.path)];
  const listed = (place.env.KUBECONFIG ?? '').split(paths.delimiter).filter((name) => name !== '');
  if (listed.length > 0) return [...new Set(listed.map((name) => paths.resolve(name)))];
  return [paths.join(place.home, '.kube', 'config')];
}

/** The merged kubeconfig. Read, never written. */
export class Kubeconfig {
  readonly files: readonly string[];
  readonly currentContext?: string;
  readonly contexts: readonly KubeContext[];
  readonly #broken: ReadonlyMap<string, string>;

  private constructor(
    files: readonly string[],
    currentContext: string | undefined,
    contexts: readonly KubeContext[],
    broken: ReadonlyMap<string, string>,
  ) {
    this.files = files;
    this.currentContext = currentContext;
    this.contexts = contexts;
    this.#broken = broken;
  }

  /**
   * Reads and merges as kubectl does: of several files missing ones are skipped, the first to name a cluster, user,
   * context or current context wins, relative paths are relative to the file that names them; where they say nothing a
   * pod's service account counts. Contacts nobody.
   * @throws KubeError KubeconfigMissing or KubeconfigInvalid
   */
  static async load(place: KubeconfigPlace): Promise<Kubeconfig> {
    const candidates = kubeconfigPaths(place);
    const files: KubeconfigFile[] = [];
    for (const file of candidates) {
      const text = await readIfThere(file);
      if (text === undefined) continue;
      files.push(await parseKubeconfig(text, file, place.platform === 'win32' ? path.win32 : path.posix));
    }
    const says = (part: 'clusters' | 'users' | 'contexts'): boolean => files.some((file) => file[part].length > 0);
    const empty = !says('clusters') && !says('users') && !says('contexts');
    const pod = empty ? await inCluster(place) : undefined;
    if (pod) files.splice(0, Infinity, pod);
    if (files.length === 0) throw new KubeError({ code: 'KubeconfigMissing', paths: candidates });
    if (!says('contexts')) {
      const detail = empty ? 'it is empty' : 'it names no context';
      throw new KubeError({ code: 'KubeconfigInvalid', path: files[0]!.path, detail });
    }
    return merge(files, (...parts) => new Kubeconfig(...parts));
  }

  /**
   * One context by name.
   * @throws KubeError ContextMissing, or KubeconfigInvalid when its cluster or user is not there
   */
  context(name: string): KubeContext {
    const found = this.contexts.find((context) => context.name === name);
    if (found) return found;
    const detail = this.#broken.get(name);
    if (detail === undefined) throw new KubeError({ code: 'ContextMissing', context: name });
    throw new KubeError({ code: 'KubeconfigInvalid', path: this.files[0] ?? '', detail });
  }
}

async function merge(
  files: readonly KubeconfigFile[],
  make: (
    files: string[],
    current: string | undefined,
    contexts: KubeContext[],
    broken: Map<string, string>,
  ) => Kubeconfig,
): Promise<Kubeconfig> {
  const first = <T extends { name: string }>(lists: T[][]): Map<string, T> =>
    new Map(
      lists
        .flat()
        .reverse()
        .map((entry) => [entry.name, entry]),
    );
  const clusters = first(files.map((file) => file.clusters));
  const users = first(files.map((file) => file.users));
  const broken = new Map<string, string>();
  const contexts: KubeContext[] = [];
  const seen = new Set<string>();
  // Hundreds of contexts of one cluster read its CA once.
  const fingerprints = new Map<KubeCluster, Promise<string>>();
  for (const context of files.flatMap((file) => file.contexts)) {
    if (seen.has(context.name)) continue;
    seen.add(context.name);
    const usable = usableParts(context, clusters, users);
    if (typeof usable === 'string') {
      broken.set(context.name, usable);
      continue;
    }
    const { cluster, user } = usable;
    const { name, namespace } = context;
    const server = serverAddress(cluster);
    const names = { name, clusterName: cluster.name, userName: user.name, ...(namespace ? { namespace } : {}) };
    const known = fingerprints.get(cluster) ?? fingerprint(cluster);
    fingerprints.set(cluster, known);
    contexts.push({ ...names, server, fingerprint: await known, cluster, user });
  }
  const current = files.find((file) => file.currentContext)?.currentContext;
  return make(
    files.map((file) => file.path),
    current,
    contexts,
    broken,
  );
}

/** A context's cluster and user, or what is missing. Without a user kubectl connects as nobody in particular. */
function usableParts(
  context: ContextEntry,
  clusters: ReadonlyMap<string, KubeCluster>,
  users: ReadonlyMap<string, KubeUser>,
): { cluster: KubeCluster; user: KubeUser } | string {
  const lacks = (what: string, name: string): string =>
    `context ${quote(context.name)} names the ${what} ${quote(name)}, which it lacks`;
  if (!context.cluster) return `context ${quote(context.name)} names no cluster`;
  const cluster = clusters.get(context.cluster);
  if (!cluster) return lacks('cluster', context.cluster);
  if (!cluster.server) return `the cluster ${quote(context.cluster)} has no server`;
  const user = context.user ? users.get(context.user) : { name: '' };
  return user ? { cluster, user } : lacks('user', context.user ?? '');
}

/** An address without a scheme is http, whatever the entry says of certificates (so kubectl takes it). */
function serverAddress({ server }: KubeCluster): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(server) ? server : `http://${server}`;
}

/** A CA file that can't be read counts as none: connecting will say what is wrong with it. */
async function fingerprint(cluster: KubeCluster): Promise<string> {
  const data = cluster.caData ? Buffer.from(cluster.caData, 'base64') : undefined;
  const ca = data ?? (cluster.caFile ? await readFile(cluster.caFile).catch(() => Buffer.alloc(0)) : Buffer.alloc(0));
  return createHash('sha256').update(cluster.server).update('\n').update(ca).digest('hex').slice(0, 16);
}

/** What a pod may do by its service account (client-go's rest.InClusterConfig). */
async function inCluster(place: KubeconfigPlace): Promise<KubeconfigFile | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = place.env;
  const folder = place.serviceAccount ?? '/var/run/secrets/kubernetes.io/serviceaccount';
  if (!host || !port || (await readIfThere(`${folder}/token`)) === undefined) return undefined;
  const name = 'in-cluster';
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const namespace = place.env.POD_NAMESPACE || (await readIfThere(`${folder}/namespace`))?.trim();
  return {
    path: `${folder}/token`,
    clusters: [{ name, server, skipTLSVerify: false, caFile: `${folder}/ca.crt` }],
    users: [{ name, tokenFile: `${folder}/token` }],
    contexts: [{ name, cluster: name, user: name, ...(namespace ? { namespace } : {}) }],
    currentContext: name,
  };
}

/** @throws KubeError KubeconfigInvalid when it is there but can't be read */
async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return textOf(await readFile(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const detail =
      code === 'EISDIR' ? 'it is a folder' : code === 'EACCES' ? 'it may not be read' : `it cannot be read (${code})`;
    throw new KubeError({ code: 'KubeconfigInvalid', path: file, detail }, { cause: error });
  }
}

/** Windows' PowerShell writes UTF-16, which kubectl reads too. */
function textOf(contents: Buffer): string {
  if (contents[0] === 0xff && contents[1] === 0xfe) return contents.toString('utf16le');
  if (contents[0] === 0xfe && contents[1] === 0xff && contents.length % 2 === 0)
    return Buffer.from(contents).swap16().toString('utf16le');
  return contents.toString('utf8');
}

const quote = (name: string | undefined): string => JSON.stringify(name ?? '');
