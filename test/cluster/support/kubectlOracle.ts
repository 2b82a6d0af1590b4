/** Runs kubectl and our own parts on the same kubeconfigs, and says what each makes of them. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Cluster } from '../../../src/k8s/cluster.ts';
import { isKubeError, type KubeProblem } from '../../../src/k8s/errors.ts';
import { Kubeconfig, type KubeconfigPlace, type KubeContext } from '../../../src/k8s/kubeconfig.ts';
import { silentLogger } from '../../../src/k8s/log.ts';

/** Who the API server says one is, without what differs from request to request. */
export interface WhoAmI {
  username?: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
}

/** One context with everything it leads to, in a shape that both sides can be brought into. */
export interface Seen {
  name: string;
  namespace?: string;
  cluster: Record<string, unknown>;
  user: Record<string, unknown>;
}

/** A folder with kubeconfigs, and where they are looked for. */
export interface Scene {
  folder: string;
  env: NodeJS.ProcessEnv;
  /** As kubectl's --kubeconfig. */
  path?: string;
  /** Without one the current context counts. */
  context?: string;
  serviceAccount?: string;
}

type Raw = Record<string, unknown>;
const review = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const reviewBody = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };

/** Both sides of the comparison; one per suite. */
export class Oracle {
  constructor(private readonly program: string) {}

  /** kubectl's merged view, by context; those whose cluster or user is not there are left out. */
  async kubectlView(scene: Scene): Promise<{ current?: string; contexts: Seen[] }> {
    const printed = JSON.parse(
      await this.kubectl(scene, ['config', 'view', '--raw', '--flatten', '-o', 'json']),
    ) as Raw;
    const named = (list: unknown, key: string): Map<string, Raw> =>
      new Map(((list ?? []) as { name: string }[]).map((entry) => [entry.name, (entry as unknown as Raw)[key] as Raw]));
    const clusters = named(printed.clusters, 'cluster');
    const users = named(printed.users, 'user');
    const contexts = [...named(printed.contexts, 'context')].flatMap(([name, { cluster, user, namespace }]) => {
      const found = clusters.get(cluster as string);
      const who = user ? users.get(user as string) : {};
      if (!found?.server || !who) return [];
      return [
        {
          name,
          ...(namespace ? { namespace: namespace as string } : {}),
          cluster: kubectlCluster(found),
          user: kubectlUser(who),
        },
      ];
    });
    return { current: (printed['current-context'] as string) || undefined, contexts: sorted(contexts) };
  }

  /** The same of ours. */
  async ourView(scene: Scene): Promise<{ current?: string; contexts: Seen[] }> {
    const { currentContext, contexts } = await Kubeconfig.load(placeOf(scene));
    const seen = await Promise.all(
      contexts.map(async (context) => ({
        name: context.name,
        ...(context.namespace ? { namespace: context.namespace } : {}),
        cluster: await ourCluster(context),
        user: await ourUser(context),
      })),
    );
    return { current: currentContext, contexts: sorted(seen) };
  }

  /** @throws Error with what kubectl said */
  async kubectlWho(scene: Scene): Promise<WhoAmI> {
    const printed = JSON.parse(await this.kubectl(scene, ['auth', 'whoami', '-o', 'json'])) as {
      status: { userInfo: WhoAmI };
    };
    return lasting(printed.status.userInfo);
  }

  /** @throws KubeError */
  async ourWho(scene: Scene): Promise<WhoAmI> {
    const cluster = await this.connect(scene);
    try {
      return await whoIs(cluster);
    } finally {
      cluster.dispose();
    }
  }

  /** A connection of ours; dispose it. */
  async connect(scene: Scene): Promise<Cluster> {
    const kubeconfig = await Kubeconfig.load(placeOf(scene));
    const context = kubeconfig.context(scene.context ?? kubeconfig.currentContext ?? '');
    return Cluster.connect(context, { env: environment(scene), logger: silentLogger });
  }

  /** What is wrong by our side; fails when nothing is. */
  async ourProblem(scene: Scene): Promise<KubeProblem> {
    try {
      const who = await this.ourWho(scene);
      throw new Error(`it worked, as ${JSON.stringify(who)}`);
    } catch (error) {
      if (isKubeError(error)) return error.problem;
      throw error;
    }
  }

  kubectl(scene: Scene, args: string[]): Promise<string> {
    const flags = [
      ...(scene.path ? ['--kubeconfig', scene.path] : []),
      ...(scene.context ? ['--context', scene.context] : []),
      '--request-timeout=10s',
    ];
    return new Promise((resolve, reject) => {
      const child = spawn(this.program, [...args, ...flags], {
        env: environment(scene),
        // Relative paths in a kubeconfig must not depend on where kubectl is run.
        cwd: '/',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [output, problem] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (problem += text));
      child.on('error', reject);
      child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(problem.trim() || output.trim()))));
    });
  }
}

/** Who one is through a connection of ours. */
export async function whoIs(cluster: Cluster): Promise<WhoAmI> {
  const answer = await cluster.request<{ status: { userInfo: WhoAmI } }>({
    method: 'POST',
    path: review,
    body: reviewBody,
  });
  return lasting(answer.status.userInfo);
}

/** Writes files below a folder; a name ending in `!` is a program. */
export async function writeFiles(folder: string, files: Record<string, string | Buffer>): Promise<void> {
  for (const [name, contents] of Object.entries(files)) {
    const file = path.join(folder, name.replace(/!$/, ''));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, contents, { mode: name.endsWith('!') ? 0o700 : 0o600 });
  }
}

/** Contents and times of all files, except what plugins write down of themselves. */
export async function fingerprints(folder: string): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || file.endsWith('.log') || file.includes('/.kube/cache/')) continue;
    const { mtimeMs, mode } = await stat(file);
    seen[file] = `${createHash('sha256')
      .update(await readFile(file))
      .digest('hex')} ${mtimeMs} ${mode}`;
  }
  return seen;
}

function environment({ folder, env }: Scene): NodeJS.ProcessEnv {
  return { HOME: folder, PATH: process.env['PATH'], ...env };
}

function placeOf({ folder, env, path: file, serviceAccount }: Scene): KubeconfigPlace {
  return { env, home: folder, platform: process.platform, path: file, serviceAccount };
}

function lasting({ username, uid, groups, extra }: WhoAmI): WhoAmI {
  return JSON.parse(JSON.stringify({ username, uid, groups, extra })) as WhoAmI;
}

function sorted(contexts: Seen[]): Seen[] {
  return contexts.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function kubectlCluster(raw: Raw): Raw {
  const extensions = (raw.extensions ?? []) as { name: string; extension: unknown }[];
  return tidy({
    server: (raw.server as string).replace(/\/$/, ''),
    ca: raw['certificate-authority-data'],
    name: raw['tls-server-name'],
    insecure: raw['insecure-skip-tls-verify'] ?? false,
    proxy: raw['proxy-url'],
    exec: extensions.find(({ name }) => name === 'client.authentication.k8s.io/exec')?.extension,
  });
}

async function ourCluster({ cluster }: KubeContext): Promise<Raw> {
  return tidy({
    server: cluster.server,
    ca: cluster.caData ?? (await base64(cluster.caFile)),
    name: cluster.tlsServerName,
    insecure: cluster.skipTLSVerify,
    proxy: cluster.proxyUrl,
    exec: cluster.execConfig,
  });
}

function kubectlUser(raw: Raw): Raw {
  const exec = raw.exec as Raw | undefined;
  const provider = raw['auth-provider'] as Raw | undefined;
  return tidy({
    token: raw.token,
    tokenFile: raw.tokenFile && path.basename(raw.tokenFile as string),
    cert: raw['client-certificate-data'],
    key: raw['client-key-data'],
    username: raw.username,
    password: raw.password,
    as: raw.as,
    uid: raw['as-uid'],
    groups: raw['as-groups'],
    extra: raw['as-user-extra'],
    provider: provider && { name: provider.name, config: provider.config },
    exec:
      exec &&
      tidy({
        command: path.basename(exec.command as string),
        apiVersion: exec.apiVersion,
        args: exec.args ?? [],
        env: exec.env ?? [],
        hint: exec.installHint,
        info: exec.provideClusterInfo ?? false,
        mode: exec.interactiveMode,
      }),
  });
}

async function ourUser({ user }: KubeContext): Promise<Raw> {
  const { exec, impersonate } = user;
  return tidy({
    token: user.token,
    tokenFile: user.tokenFile && path.basename(user.tokenFile),
    cert: user.certData ?? (await base64(user.certFile)),
    key: user.keyData ?? (await base64(user.keyFile)),
    username: user.username,
    password: user.password,
    as: impersonate?.user,
    uid: impersonate?.uid,
    groups: impersonate?.groups.length ? impersonate.groups : undefined,
    extra: impersonate && Object.keys(impersonate.extra).length > 0 ? impersonate.extra : undefined,
    provider: user.authProvider,
    exec:
      exec &&
      tidy({
        command: path.basename(exec.command),
        apiVersion: exec.apiVersion,
        args: exec.args,
        env: exec.env,
        hint: exec.installHint,
        info: exec.provideClusterInfo,
        mode: exec.interactiveMode,
      }),
  });
}

async function base64(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : (await readFile(file)).toString('base64');
}

/** Without what is not said; kubectl fills in the mode of a v1beta1 plugin, which means the same as none. */
function tidy(raw: Raw): Raw {
  return Object.fromEntries(
    Object.entries(raw).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}
