/** The GPUs of a notebook server: what it asks for, and what is really there in its pod. */
import type { Cluster } from '../k8s/cluster.ts';
import { isKubeError } from '../k8s/errors.ts';
import { exec } from '../k8s/exec.ts';
import { frameworkScript, frameworkSeconds, parseFrameworks, type FrameworkCheck } from './gpuFrameworks.ts';
import type { ServerView } from './inventory.ts';
import { isGpuKey } from './objects.ts';

export interface GpuReport {
  /** From the spec, e.g. nvidia.com/gpu: 1. */
  asked: { key: string; count: number }[];
  /** What the pod's nodes gave it, from the pod's own limits; undefined while there is no pod. */
  given?: { key: string; count: number }[];
}

export interface GpuCheck extends GpuReport {
  /** One line per device, as `nvidia-smi -L` writes it, without its UUID; MIG devices under theirs. */
  seen: string[];
  /** All that the command wrote. */
  raw: string;
  /** The command that was asked: that of the maker of the GPUs. */
  command: string;
  /** What the frameworks see that are installed; undefined where there is no Python to ask. */
  frameworks?: FrameworkCheck[];
  /** The command is the lab's stand-in, and says so. */
  simulated?: boolean;
  /** The image has no such command: what is seen is unknown rather than none. */
  missing?: boolean;
}

/** Seconds; a driver that hangs is a finding, too. */
const limitSeconds = 20;

/** What the server asks for and what its pod was given. */
export function gpuReport(view: Pick<ServerView, 'gpus' | 'pod'>): GpuReport {
  const asked = view.gpus.map((g) => ({ ...g }));
  if (!view.pod?.spec?.nodeName) return { asked };
  const given = new Map<string, number>();
  for (const container of view.pod.spec.containers ?? [])
    for (const [key, value] of Object.entries(container.resources?.limits ?? {}))
      if (isGpuKey(key)) given.set(key, (given.get(key) ?? 0) + Number(value));
  return { asked, given: [...given].map(([key, count]) => ({ key, count })) };
}

/** Devices in the output of `nvidia-smi -L`. */
export function parseNvidiaSmi(output: string): string[] {
  return output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => /^\s*(GPU \d+:|MIG )/.test(line))
    .map((line) => line.replace(/\s*\(UUID: [^)]*\)/, ''));
}

/** Devices in the output of `rocm-smi --showproductname`: "GPU[0] : Card Series: AMD Instinct MI210". */
export function parseRocmSmi(output: string): string[] {
  const names = new Map<string, string>();
  for (const [, index, what, name] of output.matchAll(/^GPU\[(\d+)\]\s*:\s*([^:\n]+):\s*(.*?)\s*$/gm))
    if (/card series|device name/i.test(what!) || !names.has(index!)) names.set(index!, name!);
  return [...names].map(([index, name]) => `GPU ${index}: ${name}`);
}

const drivers = [
  { command: ['nvidia-smi', '-L'], parse: parseNvidiaSmi },
  { command: ['rocm-smi', '--showproductname'], parse: parseRocmSmi },
] as const;

/**
 * Asks the driver in the server's pod (nvidia-smi or rocm-smi) and the frameworks in its Python.
 * @throws KubeError where exec is refused or the pod is gone
 */
export async function checkGpus(
  cluster: Cluster,
  view: Pick<ServerView, 'namespace' | 'name' | 'pod' | 'container' | 'gpus'>,
  signal?: AbortSignal,
): Promise<GpuCheck> {
  const [driver, frameworks] = await Promise.all([
    askDriver(cluster, view, signal),
    askFrameworks(cluster, view, signal),
  ]);
  return { ...gpuReport(view), ...driver, ...(frameworks ? { frameworks } : {}) };
}

/** The maker's command that the GPUs' name calls for; the other one where the image has only that. */
async function askDriver(
  cluster: Cluster,
  view: Pick<ServerView, 'namespace' | 'name' | 'pod' | 'container' | 'gpus'>,
  signal: AbortSignal | undefined,
): Promise<Pick<GpuCheck, 'seen' | 'raw' | 'command' | 'simulated' | 'missing'>> {
  const ask = async ({ command, parse }: (typeof drivers)[number]) => {
    const ran = await run(cluster, view, [...command], limitSeconds, signal);
    const raw = [ran.stdout, ran.stderr].filter((s) => s.trim() !== '').join('\n');
    return {
      seen: ran.exitCode === 0 ? parse(ran.stdout) : [],
      raw,
      command: command.join(' '),
      ...(/simulat|stand-in/i.test(raw) ? { simulated: true } : {}),
      ...(isMissing(ran) ? { missing: true } : {}),
    };
  };
  const amd = view.gpus.some(({ key }) => key.startsWith('amd.com/'));
  const asked = await ask(drivers[amd ? 1 : 0]);
  if (!asked.missing) return asked;
  const other = await ask(drivers[amd ? 0 : 1]);
  return other.missing ? asked : other;
}

async function askFrameworks(
  cluster: Cluster,
  view: Pick<ServerView, 'namespace' | 'name' | 'pod' | 'container'>,
  signal: AbortSignal | undefined,
): Promise<FrameworkCheck[] | undefined> {
  for (const python of ['python3', 'python']) {
    const ran = await run(cluster, view, [python, '-c', frameworkScript], frameworkSeconds + 15, signal);
    if (!isMissing(ran)) return ran.exitCode === 0 ? parseFrameworks(ran.stdout) : undefined;
  }
  return undefined;
}

function isMissing({ exitCode, stdout, stderr }: { exitCode: number; stdout: string; stderr: string }): boolean {
  return exitCode === 127 || (exitCode !== 0 && noSuchProgram.test(stdout + stderr));
}

const noSuchProgram = /executable file not found|no such file|command not found/i;

/** Container runtimes report a missing program as an error of the exec itself; a shell's 127 says the same. */
async function run(
  cluster: Cluster,
  view: Pick<ServerView, 'namespace' | 'name' | 'pod' | 'container'>,
  command: string[],
  seconds: number,
  signal: AbortSignal | undefined,
): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  try {
    return await exec(cluster, {
      namespace: view.namespace,
      pod: view.pod?.metadata.name ?? `${view.name}-0`,
      container: view.container ?? view.name,
      command,
      timeoutMs: seconds * 1000,
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (!isKubeError(error, 'ServerError') || !noSuchProgram.test(error.message)) throw error;
    return { stdout: '', stderr: error.message, exitCode: 127 };
  }
}
