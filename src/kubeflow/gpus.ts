/** The GPUs of a notebook server: what it asks for, and what is really there in its pod. */
import type { Cluster } from '../k8s/cluster.ts';
import { isKubeError } from '../k8s/errors.ts';
import { exec } from '../k8s/exec.ts';
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

/**
 * Runs `nvidia-smi -L` in the server's pod.
 * @throws KubeError where exec is refused or the pod is gone
 */
export async function checkGpus(
  cluster: Cluster,
  view: Pick<ServerView, 'namespace' | 'name' | 'pod' | 'container' | 'gpus'>,
  signal?: AbortSignal,
): Promise<GpuCheck> {
  const ran = await run(cluster, view, signal);
  const raw = [ran.stdout, ran.stderr].filter((s) => s.trim() !== '').join('\n');
  const notFound = ran.exitCode === 127 || (ran.exitCode !== 0 && noSuchProgram.test(raw));
  return {
    ...gpuReport(view),
    seen: ran.exitCode === 0 ? parseNvidiaSmi(ran.stdout) : [],
    raw,
    ...(/simulat|stand-in/i.test(raw) ? { simulated: true } : {}),
    ...(notFound ? { missing: true } : {}),
  };
}

const noSuchProgram = /executable file not found|no such file|command not found/i;

/** Container runtimes report a missing program as an error of the exec itself; a shell's 127 says the same. */
async function run(
  cluster: Cluster,
  view: Pick<ServerView, 'namespace' | 'name' | 'pod' | 'container'>,
  signal: AbortSignal | undefined,
): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  try {
    return await exec(cluster, {
      namespace: view.namespace,
      pod: view.pod?.metadata.name ?? `${view.name}-0`,
      container: view.container ?? view.name,
      command: ['nvidia-smi', '-L'],
      timeoutMs: limitSeconds * 1000,
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (!isKubeError(error, 'ServerError') || !noSuchProgram.test(error.message)) throw error;
    return { stdout: '', stderr: error.message, exitCode: 127 };
  }
}
