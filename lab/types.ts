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
  /**
   * The API server reaches pods at their addresses, as in real clusters: pods/proxy works. Off when absent, as all that goes
   * through the API server to a node takes a step more then.
   */
  podNetwork?: true;
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

/** The programs of the control plane. */
export const componentNames = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'] as const;
export type ComponentName = (typeof componentNames)[number];

/** `kill`: without a word. `start`: again, over the same data, unless it runs. `pause`: it stands still, and `resume`s. */
export const componentActions = ['kill', 'start', 'pause', 'resume'] as const;
export type ComponentAction = (typeof componentActions)[number];

/**
 * What the network does on the way to the fault proxy. `silent`: no byte passes, in connections that are open and in new
 * ones, which TCP accepts. `forgotten`: so for those that are open at that moment, for ever. `refused`: nobody listens.
 */
export type NetworkPath = 'open' | 'silent' | 'forgotten' | 'refused';

/** What the fault proxy does with requests that match. The first rule that matches wins. */
export interface FaultRule {
  /** Absent parts match everything. `path` is a regular expression, tried on path and query. */
  match?: { method?: string; path?: string };
  do:
    /** A body that is a string is sent as HTML: a gateway's page. */
    | { kind: 'status'; status: RefusalStatus; retryAfter?: number; body?: unknown }
    | { kind: 'delay'; ms: number }
    /** Bytes from the server stop, the socket stays; also on exchanges that are open already. */
    | { kind: 'silence' }
    /** `withinLine`: not before half of the answer's first line has passed. */
    | { kind: 'cut'; withinLine?: true }
    /** The API server gets the request and does it; of its answer the client sees nothing but a connection that is cut. */
    | { kind: 'lose' }
    /** The answer ends in time and in order, with one line more if there is one to add. */
    | { kind: 'end'; afterMs: number; line?: unknown }
    /** The lines of a watch come twice each, and those that come close together in the wrong order. */
    | { kind: 'shuffle' }
    | { kind: 'trickle'; bytesPerSecond: number }
    /** A list that asks for pages gets smaller ones. */
    | { kind: 'pages'; limit: number };
  /** So many matches pass before the rule holds; default: none. */
  after?: number;
  /** After so many matches the rule is used up; default: never. */
  times?: number;
}

/** 200: what is no API server answers, e.g. the page of a hotel's network. */
export type RefusalStatus = 200 | 400 | 401 | 403 | 404 | 410 | 429 | 500 | 502 | 503 | 504;
