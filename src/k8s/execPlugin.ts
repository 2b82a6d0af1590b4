import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { KubeError, type KubeProblem } from './errors.ts';
import type { ExecConfig, KubeCluster } from './kubeconfigFile.ts';

/** What a credential plugin handed out. */
export interface PluginCredentials {
  token?: string;
  cert?: string;
  key?: string;
  /** Milliseconds since 1970, when the plugin said so. */
  expires?: number;
}

type Reason = Extract<KubeProblem, { code: 'ExecPluginFailed' }>['reason'];

const apiVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/**
 * Runs a credential plugin once by the protocol of client.authentication.k8s.io: KUBERNETES_EXEC_INFO in, an
 * ExecCredential out. It gets no stdin, so a plugin that must ask is not started.
 * @throws KubeError ExecPluginFailed
 */
export async function runExecPlugin(
  exec: ExecConfig,
  cluster: KubeCluster,
  options: { env: NodeJS.ProcessEnv; timeoutMs: number; signal?: AbortSignal },
): Promise<PluginCredentials> {
  const fail = (reason: Reason, detail: string): KubeError => failure(exec, reason, detail);
  const apiVersion = exec.apiVersion ?? '';
  if (!apiVersions.includes(apiVersion)) {
    throw fail('failed', `the kubeconfig asks for ${apiVersion || 'no version'} of the plugin protocol`);
  }
  if (exec.interactiveMode === 'Always') throw fail('interactive', 'it must ask you something in a terminal');
  const info = { apiVersion, kind: 'ExecCredential', spec: await execSpec(exec, cluster, fail) };
  const env: NodeJS.ProcessEnv = { ...options.env };
  for (const { name, value } of exec.env) env[name] = value;
  env.KUBERNETES_EXEC_INFO = JSON.stringify(info);
  return credentialsOf(await output(exec, env, options), apiVersion, fail);
}

async function execSpec(
  exec: ExecConfig,
  cluster: KubeCluster,
  fail: (reason: Reason, detail: string) => KubeError,
): Promise<object> {
  if (!exec.provideClusterInfo) return { interactive: false };
  const ca = cluster.caData ?? (cluster.caFile ? (await read(cluster.caFile, fail)).toString('base64') : undefined);
  return {
    interactive: false,
    cluster: {
      server: cluster.server,
      'tls-server-name': cluster.tlsServerName,
      'insecure-skip-tls-verify': cluster.skipTLSVerify || undefined,
      'certificate-authority-data': ca,
      'proxy-url': cluster.proxyUrl,
      config: cluster.execConfig,
    },
  };
}

async function read(file: string, fail: (reason: Reason, detail: string) => KubeError): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw fail(
      'failed',
      `the certificate authority file ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

function output(
  exec: ExecConfig,
  env: NodeJS.ProcessEnv,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(exec.command, exec.args, { env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    let stdout = '';
    let stderr = '';
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const abort = (): void => {
      child.kill('SIGKILL');
      end(() => reject(signal?.reason as Error));
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      end(() => reject(failure(exec, 'timeout', `it gave no answer within ${timeoutMs / 1000} s`)));
    }, timeoutMs);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-4000)));
    child.on('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT';
      const detail = missing ? 'there is no such program on the PATH' : error.message;
      end(() => reject(failure(exec, missing ? 'missing' : 'failed', detail)));
    });
    child.on('close', (code, killer) => {
      const ended = code === null ? `it was ended by ${killer}` : `it ended with exit code ${code}`;
      const said = lastWords(stderr);
      end(() => (code === 0 ? resolve(stdout) : reject(failure(exec, 'failed', said ? `${said} (${ended})` : ended))));
    });
  });
}

function credentialsOf(
  stdout: string,
  apiVersion: string,
  fail: (reason: Reason, detail: string) => KubeError,
): PluginCredentials {
  let parsed: unknown;
  try {
    parsed = JSON.parse(stdout);
  } catch {
    throw fail('badOutput', stdout.trim() === '' ? 'it printed nothing' : 'what it printed is no JSON');
  }
  const { apiVersion: version, kind, status } = (parsed ?? {}) as Record<string, unknown>;
  if (kind !== 'ExecCredential') throw fail('badOutput', 'it printed no ExecCredential');
  if (version !== apiVersion) throw fail('badOutput', `it answered in ${String(version)}, not ${apiVersion}`);
  const fields = (status ?? {}) as Record<string, unknown>;
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const token = text('token');
  const cert = text('clientCertificateData');
  const key = text('clientKeyData');
  if (!token && !(cert && key)) throw fail('badOutput', 'it gave neither a token nor a certificate with its key');
  const expiration = text('expirationTimestamp');
  const expires = expiration === undefined ? undefined : Date.parse(expiration);
  if (Number.isNaN(expires)) throw fail('badOutput', 'its expirationTimestamp is no time');
  return { token, cert, key, expires };
}

function failure(exec: ExecConfig, reason: Reason, detail: string): KubeError {
  const { command, installHint } = exec;
  return new KubeError({ code: 'ExecPluginFailed', command, reason, detail, ...(installHint ? { installHint } : {}) });
}

/** The last line of a plugin's stderr, without anything that looks like a token. */
function lastWords(stderr: string): string {
  const line = stderr.trim().split(/\r?\n/).at(-1) ?? '';
  return line.replace(/[A-Za-z0-9+/_=-]{40,}(\.[A-Za-z0-9+/_=-]+)*/g, '[hidden]').slice(0, 300);
}
