import type { Logger } from '../k8s/log.ts';
import type { Tunnel } from './tunnel.ts';

export interface JupyterServerOptions {
  tunnel: Tunnel;
  namespace: string;
  name: string;
  logger: Logger;
  /** A kernel's connection that is cut without a word is noticed after two of these, ms. */
  heartbeatMs?: number;
}

export interface KernelSpec {
  name: string;
  displayName: string;
  /** As the kernel says it: python, R, julia. */
  language: string;
}

export interface KernelSpecs {
  default: string;
  specs: readonly KernelSpec[];
}

/** A kernel that runs at the server, whoever started it. */
export interface RunningKernel {
  id: string;
  /** The kernelspec's name. */
  name: string;
  /** starting, idle, busy, ... as Jupyter says it. */
  state: string;
  /** RFC 3339. */
  lastActivity: string;
  connections: number;
  /** Where the session says it belongs, from the server's root; undefined for a kernel without a session. */
  path?: string;
  sessionId?: string;
}

export interface OpenKernelOptions {
  /** The session's path at the server; its folder becomes the kernel's working directory when it exists there. */
  path: string;
  /** Wanted kernelspec; the server's default when it is missing or unknown there. */
  kernelName?: string;
  /** Our client id of an earlier time: Jupyter hands over what it buffered for it. */
  clientId?: string;
  /** What JupyterLab shows the session as; a notebook unless said otherwise. */
  type?: 'notebook' | 'console';
}

/** A kernel that a client can attach to. */
export interface FoundKernel {
  kernelId: string;
  /** The kernelspec's name. */
  kernelName: string;
  /** It runs something now, whoever asked for it. */
  busy: boolean;
}

export function foundOf({ id, name, execution_state }: KernelModel): FoundKernel {
  return { kernelId: id, kernelName: name, busy: execution_state === 'busy' };
}

/** Jupyter's own shapes, as far as they are read. */
export interface KernelModel {
  id: string;
  name: string;
  execution_state: string;
  last_activity: string;
  connections: number;
}
export interface SessionModel {
  id: string;
  path: string;
  type: string;
  kernel: KernelModel | null;
}
export interface SpecsModel {
  default: string;
  kernelspecs: Record<string, { name: string; spec: { display_name: string; language: string } } | undefined>;
}

/** A kernel with the notebook that it belongs to, where a session says so. */
export function runningOf(kernel: KernelModel, sessions: readonly SessionModel[]): RunningKernel {
  const session = sessions.find((s) => s.kernel?.id === kernel.id);
  return {
    id: kernel.id,
    name: kernel.name,
    state: kernel.execution_state,
    lastActivity: kernel.last_activity,
    connections: kernel.connections,
    ...(session ? { path: session.path, sessionId: session.id } : {}),
  };
}
