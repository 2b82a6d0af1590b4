/** Who can use the lab: admin (cluster admin), alice and bob (own a profile each), carol (views alice's), dave (nobody). */
export type Person = 'admin' | 'alice' | 'bob' | 'carol' | 'dave';
export const people: readonly Person[] = ['admin', 'alice', 'bob', 'carol', 'dave'];

/** How a lab is to behave; fixed for its life. */
export interface LabSettings {
  /**
   * `default`: a default StorageClass with a provisioner, a folder per volume. `static`: a default class by the old beta
   * annotation, WaitForFirstConsumer, one static hostPath volume and no provisioner.
   */
  storage: 'default' | 'static';
  /** Pods become Ready 3 s before Jupyter answers, as on real clusters without a readiness probe. */
  readyBeforeAnswering: boolean;
  /** Stops idle notebook servers, as Kubeflow does with ENABLE_CULLING; off when absent. */
  culling?: { idleMinutes: number; checkMinutes: number };
}

export interface LabOptions extends Partial<LabSettings> {
  /** The run folder; default: `run/default` in the lab's cache. */
  run?: string;
  /** Told, in one line each, what is being done and why. */
  progress?: (line: string) => void;
}

export interface LabPorts {
  etcd: number;
  etcdPeer: number;
  /** The same on 127.0.0.1 (the API server) and on 127.0.0.2 (a relay to it). */
  api: number;
  kubelet: number;
  proxy: number;
  control: number;
}

/** What `state.json` holds. */
export interface LabState {
  phase: 'starting' | 'ready' | 'stopping' | 'failed';
  pid: number;
  startedAt: string;
  /** How long the boot took, once ready. */
  bootSeconds?: number;
  ports: LabPorts;
  versions: Record<string, string>;
  settings: LabSettings;
  /** Why it failed, or which program of a ready lab has ended. */
  problem?: string;
}

/** How the daemon ends when it could not begin. */
export const exitCodes = { taken: 3 };

/** What the fault proxy does with requests that match. The first rule that matches wins. */
export interface FaultRule {
  /** Absent parts match everything. `path` is a regular expression, tried on path and query. */
  match?: { method?: string; path?: string };
  do:
    | {
        kind: 'status';
        status: 200 | 400 | 401 | 403 | 404 | 410 | 429 | 500 | 503;
        retryAfter?: number;
        body?: unknown;
      }
    | { kind: 'delay'; ms: number }
    /** Bytes from the server stop, the socket stays; also on exchanges that are open already. */
    | { kind: 'silence' }
    | { kind: 'cut' };
  /** After so many matches the rule is used up; default: never. */
  times?: number;
}
