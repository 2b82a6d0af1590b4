import type { RunningKernel } from './serverModels.ts';

/** ms that a kernel may take to come up; one that says "starting" for longer waits for its first request. */
const comesUp = 120_000;

/**
 * Whether a kernel runs nothing, and whether anybody ever used it. Jupyter calls a kernel that nobody has talked to
 * "starting" for good, and its own culler (MappingKernelManager.cull_kernel_if_idle) takes one for idle that is not busy.
 * Kubeflow's culler does not: as long as there is one, the server counts as in use.
 */
export function restOf({ state, lastActivity }: RunningKernel, now: Date): 'idle' | 'neverUsed' | undefined {
  if (state === 'idle') return 'idle';
  return state === 'starting' && now.getTime() - Date.parse(lastActivity) >= comesUp ? 'neverUsed' : undefined;
}
