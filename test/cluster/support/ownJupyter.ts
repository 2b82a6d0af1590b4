import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, jupyterAnswers, jupyterArguments } from '../../../lab/nodes/jupyterCommand.ts';
import { ensureJupyterEnv } from '../../../lab/nodes/jupyterEnv.ts';
import { JupyterServer } from '../../../src/jupyter/server.ts';
import { Tunnel } from '../../../src/jupyter/tunnel.ts';
import { SocketTarget } from '../../unit/jupyter/support/target.ts';
import { searchedLogger } from './log.ts';

/** A real Jupyter of one test's own, as Kubeflow's images start it, with settings that the lab's do not have. */
export interface OwnJupyter {
  server: JupyterServer;
  target: SocketTarget;
  tunnel: Tunnel;
  /** Where it listens. */
  port: number;
  /** The folder that it serves. */
  home: string;
  stop(): Promise<void>;
}

export async function ownJupyter(settings: string[] = []): Promise<OwnJupyter> {
  const jupyter = await ensureJupyterEnv(() => undefined);
  const folder = mkdtempSync(join(tmpdir(), 'kubeflow-jupyter-'));
  const home = join(folder, 'home');
  mkdirSync(home);
  const port = await freePort();
  const prefix = '/notebook/alice/mnist';
  const child = spawn(
    join(jupyter.bin, 'jupyter-lab'),
    [...jupyterArguments({ port, prefix, home }), '--Application.log_level=ERROR', ...settings],
    { env: { PATH: `${jupyter.bin}:/usr/bin:/bin`, HOME: folder, LANG: 'C.UTF-8' }, stdio: 'ignore', cwd: home },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await jupyterAnswers(port, prefix, AbortSignal.timeout(60_000));
  const target = new SocketTarget(port);
  const logger = searchedLogger('cluster');
  const tunnel = new Tunnel({ target, logger });
  const server = new JupyterServer({ tunnel, namespace: 'alice', name: 'mnist', logger });
  return {
    server,
    target,
    tunnel,
    port,
    home,
    stop: async () => {
      server.dispose();
      tunnel.dispose();
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
