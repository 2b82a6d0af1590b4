import { randomInt } from 'node:crypto';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * The arguments of `jupyter-lab` as Kubeflow's images start it (example-notebook-servers v1.11: no token, no password, any
 * origin, XSRF checks on), on loopback, and without what would reach for the internet.
 * @param prefix NB_PREFIX
 */
export function jupyterArguments(o: { port: number; prefix: string; home: string }): string[] {
  return [
    '--no-browser',
    '--allow-root',
    '--ServerApp.ip=127.0.0.1',
    `--ServerApp.port=${o.port}`,
    '--ServerApp.port_retries=0',
    `--ServerApp.root_dir=${o.home}`,
    `--ServerApp.base_url=${o.prefix}`,
    '--IdentityProvider.token=',
    '--PasswordIdentityProvider.hashed_password=',
    '--ServerApp.allow_origin=*',
    '--ServerApp.allow_remote_access=True',
    '--ServerApp.authenticate_prometheus=False',
    '--LanguageServerManager.autodetect=False',
    '--LabApp.news_url=None',
    '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate',
    '--LabApp.extension_manager=readonly',
  ];
}

/**
 * A loopback port that is free at this moment. It takes seconds until Jupyter listens there, so it is none of those that the
 * system hands out (32768 and above on Linux): kernels and connections would take it meanwhile.
 */
export async function freePort(): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = randomInt(16_384, 32_768);
    try {
      return await probe(port);
    } catch (error) {
      if (tries === 100) throw error;
    }
  }
}

function probe(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}

/** GETs a path of the Jupyter behind a loopback port. @throws Error without a 200 in time */
export function getFromJupyter(port: number, path: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent: false, timeout: timeoutMs }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`GET ${path}: ${response.statusCode}`));
      });
    });
    request.on('timeout', () => request.destroy(new Error(`GET ${path}: no answer in ${timeoutMs} ms`)));
    request.on('error', reject);
  });
}

/** Resolves when Jupyter answers under its prefix. @throws the signal's reason */
export async function jupyterAnswers(port: number, prefix: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const answered = await getFromJupyter(port, `${prefix.replace(/\/$/, '')}/api`, 2000).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await delay(60, undefined, { signal });
  }
}
