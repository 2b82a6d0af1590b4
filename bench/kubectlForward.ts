import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { RunFolder } from '../lab/folders.ts';
import type { Lab } from '../lab/index.ts';
import type { BenchServer } from './server.ts';

/** A running `kubectl port-forward`. */
export interface KubectlForward {
  /** The port of this computer. */
  port: number;
  /** Resolves when it has ended, for whatever reason. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Starts `kubectl port-forward` to a port of the server's pod, as alice, by the way that is not loopback to VS Code.
 * Resolves when it listens. @throws Error when it ends before
 */
export async function kubectlForward(
  lab: Lab,
  { namespace, pod }: Pick<BenchServer, 'namespace' | 'pod'>,
  { podPort, port = 0, quiet = false }: { podPort: number; port?: number; quiet?: boolean },
): Promise<KubectlForward> {
  const to = ['port-forward', pod, `${port || ''}:${podPort}`];
  const args = ['--kubeconfig', lab.kubeconfig('alice', { at: 'remote' }), '-n', namespace, ...to];
  const program = new RunFolder(lab.run).program('kubectl');
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', quiet ? 'ignore' : 'inherit'] });
  // The last resort, for a bench that is ended itself.
  const orphaned = () => child.kill();
  process.once('exit', orphaned);
  const ended = once(child, 'exit').finally(() => process.off('exit', orphaned));
  const found = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      const listens = /127\.0\.0\.1:(\d+)/.exec(data.toString())?.[1];
      if (listens) resolve(Number(listens));
    });
    child.once('error', reject).once('exit', (code) => reject(new Error(`kubectl port-forward ended with ${code}`)));
  });
  return {
    port: found,
    ended,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
