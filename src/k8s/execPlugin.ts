import { readFile } from 'node:fs/promises';
import { KubeError, type KubeProblem } from './errors.ts';
import type { ExecConfig, KubeCluster } from './kubeconfigFile.ts';
import { maxOutput, runProgram, type PluginEnd } from './pluginProcess.ts';
import { commandLine, findProgram, withFolders, withVariables, type CommandLine } from './programPath.ts';

/** What a credential plugin handed out. */
export interface PluginCredentials {
  token?: string;
  cert?: string;
  key?: string;
  /** Milliseconds since 1970, when the plugin said so. */
  expires?: number;
}

/** The world that a plugin is started in. */
export interface PluginPlace {
  env: NodeJS.ProcessEnv;
  /** The system's own when not given. */
  platform?: NodeJS.Platform;
  /** Folders to look for programs in, before those of PATH; the plugin's PATH has them too. */
  folders?: readonly string[];
}

/** A plugin, found and ready to be started. Its environment may hold secrets. */
export interface PluginStart extends CommandLine {
  env: NodeJS.ProcessEnv;
}

export type PluginFailure = Extract<KubeProblem, { code: 'ExecPluginFailed' }>['reason'];

const apiVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const modes = ['Never', 'IfAvailable', 'Always'];

/**
 * Runs a credential plugin once by the protocol of client.authentication.k8s.io: KUBERNETES_EXEC_INFO in, an
 * ExecCredential out. It gets no stdin, so a plugin that must ask is not started.
 * @throws KubeError ExecPluginFailed; the signal's reason
 */
export async function runExecPlugin(
  exec: ExecConfig,
  cluster: KubeCluster,
  o: PluginPlace & { timeoutMs: number; signal?: AbortSignal },
): Promise<PluginCredentials> {
  if (exec.interactiveMode === 'Always') {
    throw pluginFailed(exec, 'interactive', 'it must ask you something in a terminal');
  }
  const start = await pluginStart(exec, cluster, { ...o, interactive: false });
  const { timeoutMs, signal } = o;
  const platform = o.platform ?? process.platform;
  const end = await runProgram(start, { env: start.env, platform, timeoutMs, signal });
  return pluginCredentials(exec, end, timeoutMs);
}

/**
 * Finds a plugin and says how to start it.
 * @param o.interactive whether its stdin will be a person's terminal
 * @throws KubeError ExecPluginFailed when it is missing, or the kubeconfig asks for what is not known
 */
export async function pluginStart(
  exec: ExecConfig,
  cluster: KubeCluster,
  o: PluginPlace & { interactive: boolean },
): Promise<PluginStart> {
  const { apiVersion = '', interactiveMode } = exec;
  if (!apiVersions.includes(apiVersion)) {
    throw pluginFailed(exec, 'failed', `the kubeconfig asks for ${apiVersion || 'no version'} of the plugin protocol`);
  }
  if (interactiveMode !== undefined && !modes.includes(interactiveMode)) {
    throw pluginFailed(exec, 'failed', `the kubeconfig asks for an unknown interactiveMode, ${interactiveMode}`);
  }
  const place = { env: o.env, platform: o.platform ?? process.platform, folders: o.folders };
  const file = await findProgram(exec.command, place);
  if (file === undefined) {
    const looked = /[/\\]/.test(exec.command) ? 'there is no such program' : 'there is no such program on the PATH';
    throw pluginFailed(exec, 'missing', looked);
  }
  const spec = { interactive: o.interactive, ...(exec.provideClusterInfo ? await clusterInfo(exec, cluster) : {}) };
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
  const variables = [...exec.env, { name: 'KUBERNETES_EXEC_INFO', value: info }];
  return { ...commandLine(file, exec.args, place), env: withVariables(withFolders(place), variables, place.platform) };
}

/**
 * What a plugin's run gives.
 * @throws KubeError ExecPluginFailed
 */
export function pluginCredentials(exec: ExecConfig, end: PluginEnd, timeoutMs?: number): PluginCredentials {
  const stdout = outputOf(exec, end, timeoutMs);
  const bad = (detail: string): KubeError => pluginFailed(exec, 'badOutput', detail);
  let parsed: unknown;
  try {
    parsed = JSON.parse(stdout);
  } catch {
    throw bad(stdout.trim() === '' ? 'it printed nothing' : 'what it printed is no JSON');
  }
  const { apiVersion: version, kind, status } = (parsed ?? {}) as Record<string, unknown>;
  if (kind !== 'ExecCredential') throw bad('it printed no ExecCredential');
  if (version !== exec.apiVersion) throw bad(`it answered in ${String(version)}, not ${exec.apiVersion}`);
  const fields = (status ?? {}) as Record<string, unknown>;
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const token = text('token');
  const cert = text('clientCertificateData');
  const key = text('clientKeyData');
  if (Boolean(cert) !== Boolean(key)) throw bad('it gave a certificate or a key without the other');
  if (!token && !cert) throw bad('it gave neither a token nor a certificate with its key');
  const expiration = text('expirationTimestamp');
  const expires = expiration === undefined ? undefined : Date.parse(expiration);
  if (Number.isNaN(expires)) throw bad('its expirationTimestamp is no time');
  return { token, cert, key, expires };
}

/** A plugin's failure as an error, with the kubeconfig's hint how to install it. */
export function pluginFailed(exec: ExecConfig, reason: PluginFailure, detail: string): KubeError {
  const { command, installHint } = exec;
  return new KubeError({ code: 'ExecPluginFailed', command, reason, detail, ...(installHint ? { installHint } : {}) });
}

/** @throws KubeError ExecPluginFailed when the run gave no output to read */
function outputOf(exec: ExecConfig, end: PluginEnd, timeoutMs = 0): string {
  switch (end.kind) {
    case 'timeout':
      throw pluginFailed(exec, 'timeout', `it gave no answer within ${timeoutMs / 1000} s`);
    case 'flood':
      throw pluginFailed(exec, 'badOutput', `it printed more than ${maxOutput / 1024} KiB`);
    case 'unstarted':
      throw pluginFailed(exec, 'failed', `it cannot be started (${end.error.code ?? end.error.message})`);
    case 'closed':
      throw pluginFailed(exec, 'interactive', 'the terminal was closed before the sign-in was through');
    case 'killed':
      throw pluginFailed(exec, 'failed', withLastWords(exec, end.stderr, `it was ended by ${end.by}`));
    case 'exit':
      if (end.code === 0) return end.stdout;
      throw pluginFailed(exec, 'failed', withLastWords(exec, end.stderr, `it ended with exit code ${end.code}`));
  }
}

/** What a plugin is told about its cluster when the kubeconfig says so (client-go's ExecCredentialSpec). */
async function clusterInfo(exec: ExecConfig, cluster: KubeCluster): Promise<{ cluster: object }> {
  const ca = cluster.caData ?? (cluster.caFile ? await readCa(exec, cluster.caFile) : undefined);
  return {
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

async function readCa(exec: ExecConfig, file: string): Promise<string> {
  try {
    return (await readFile(file)).toString('base64');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw pluginFailed(exec, 'failed', `the certificate authority file ${file} cannot be read (${code})`);
  }
}

/** The last line of a plugin's stderr, without anything that looks like a secret or is one of the kubeconfig's. */
function withLastWords(exec: ExecConfig, stderr: string, ended: string): string {
  let line = stderr.trim().split(/\r?\n/).at(-1)?.trim() ?? '';
  for (const { value } of exec.env) if (value.length >= 8) line = line.replaceAll(value, '[hidden]');
  const said = line
    .replace(/\b(bearer|basic)\s+\S+/gi, '$1 [hidden]')
    .replace(
      /([\w-]*(?:token|secret|password|passwd|code|assertion|key)["']?\s*[=:]\s*)["']?[^\s"'&,]+/gi,
      '$1[hidden]',
    )
    .replace(/\/\/[^\s/@]+@/g, '//[hidden]@')
    .replace(/[A-Za-z0-9+/_=-]{40,}(\.[A-Za-z0-9+/_=-]+)*/g, '[hidden]')
    .slice(0, 300);
  return said ? `${said} (${ended})` : ended;
}
