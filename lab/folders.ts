import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that this lab belongs to. */
export const repository = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * The folder that holds everything the lab keeps between runs (built tools, Python environments) and its run folders:
 * `$XDG_CACHE_HOME/kubeflow-notebooks-lab`, by default under `~/.cache`.
 */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'kubeflow-notebooks-lab');
}

/** The run folder of the lab called `name`; `npm run lab` uses `default`. */
export function defaultRun(name = 'default'): string {
  return path.join(cacheRoot(), 'run', name);
}

/** Where things lie in a run folder. The folder is mode 700: it holds keys and tokens. */
export class RunFolder {
  readonly root: string;

  constructor(root: string) {
    this.root = path.resolve(root);
  }

  /** Who runs this lab: pid and the mark that all its processes carry. The file that makes a folder a run folder. */
  readonly ownerFile = () => this.in('owner.json');
  /** What `lab status` prints: phase, ports, versions. Holds no secret. */
  readonly stateFile = () => this.in('state.json');
  /** The bearer secret of the daemon's control endpoint, mode 600. */
  readonly secretFile = () => this.in('control.secret');
  readonly optionsFile = () => this.in('options.json');
  /** A link to the built tools: `bin/` and kwok's own `kwok/crd`, `kwok/stage`. */
  readonly tools = () => this.in('tools');
  readonly certificates = () => this.in('certificates');
  /** The authority that signs client certificates (`cluster/certificate.ts` makes them); the key is mode 600. */
  readonly clientAuthority = () => ({ cert: this.in('client-ca.crt'), key: this.in('client-ca.key') });
  readonly tokensFile = () => this.in('tokens.csv');
  /** What the API server reads about its way to nodes and pods, in a lab with a pod network. */
  readonly egressFile = () => this.in('egress.yaml');
  readonly etcd = () => this.in('etcd');
  /** One folder per volume. */
  readonly volumes = () => this.in('volumes');
  readonly log = (name: string) => this.in('logs', `${name}.log`);
  readonly kubeconfig = (who: string, at: 'local' | 'remote' | 'proxy' = 'local') =>
    this.in('kubeconfigs', at === 'local' ? `${who}.yaml` : `${who}.${at}.yaml`);

  in(...names: string[]): string {
    return path.join(this.root, ...names);
  }

  /** The path of a program of the control plane; etcd's binary is called `server`, after its Go package. */
  program(name: string): string {
    return this.in('tools', 'bin', name === 'etcd' ? 'server' : name);
  }
}
