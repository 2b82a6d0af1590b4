import type { Cluster } from '../../src/k8s/cluster.ts';
import { Disposables, type Disposable } from '../../src/k8s/events.ts';
import type { Logger } from '../../src/k8s/log.ts';
import { Culler, type KernelsOf } from './culler.ts';
import { NotebookController } from './notebook.ts';
import { ProfileController } from './profile.ts';

export interface ControllerOptions {
  logger: Logger;
  /** Switches culling on; needs `kernels`. */
  culling?: { idleMinutes: number; checkMinutes: number };
  /** What `startNodes` gives: asks a notebook server's Jupyter for its kernels. */
  kernels?: KernelsOf;
}

/**
 * Starts what stands for Kubeflow's controllers, over an admin's connection.
 * @returns at once; each controller begins when its lists are there, and keeps trying until disposed
 */
export function startControllers(cluster: Cluster, o: ControllerOptions): Disposable {
  const parts = new Disposables();
  const run = (name: string, controller: Disposable & { start(): Promise<void> }) => {
    parts.add(controller);
    controller.start().catch((error: unknown) => o.logger.error(`${name} did not start: ${String(error)}`));
  };
  run('the profile controller', new ProfileController(cluster, { logger: o.logger }));
  run('the notebook controller', new NotebookController(cluster, { logger: o.logger }));
  if (o.culling && o.kernels) {
    run('the culler', new Culler(cluster, { logger: o.logger, ...o.culling, kernels: o.kernels }));
  }
  return parts;
}
