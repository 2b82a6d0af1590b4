import { annotations } from '../../src/kubeflow/objects.ts';

/** What the load changes; the notebook controller does not mind it. */
export const loadAnnotation = annotations.creator;

/** What the bench asks of its children, which are processes of their own: what they use is not counted for one another. */
export interface Asks {
  /** Looks at a cluster as the view does. Resolves when all rows are there. */
  look: { ask: LookAt; answer: Looked };
  /** Opens namespaces and resolves when the pods of all running servers are there. */
  open: { ask: { namespaces: readonly string[]; pods: number }; answer: { ms: number } };
  /** Begins to count processor time and to watch the event loop. */
  meter: { ask: undefined; answer: void };
  read: { ask: undefined; answer: Reading };
  /** After a collection of garbage. */
  memory: { ask: undefined; answer: Memory };
  /** When each changed row was there: by server and the value that the load wrote. */
  seen: { ask: undefined; answer: readonly Written[] };
  /** Changes notebook servers, so many a second. */
  change: { ask: Load; answer: readonly Written[] };
}

/** The longest turn of the event loop: by the clock, and how much processor time it took. */
export interface Block {
  ms: number;
  cpuMs: number;
}

export interface LookAt {
  kubeconfig: string;
  /** Namespaces that the user has named. */
  known: readonly string[];
  servers: number;
}

export interface Looked {
  /** From reading the kubeconfig to the last row. */
  ms: number;
  cpuMs: number;
  block: Block;
}

export interface Reading {
  seconds: number;
  /** Of one core. */
  cpuShare: number;
  block: Block;
  /** Rows that were made anew, and events that told of them. */
  rows: number;
  events: number;
}

export interface Memory {
  heapMB: number;
  rssMB: number;
}

export interface Load {
  kubeconfig: string;
  servers: readonly { namespace: string; name: string }[];
  perSecond: number;
  seconds: number;
}

/** A change: when the API server had answered (load), or when the row was there (subject), in ms since the epoch. */
export interface Written {
  key: string;
  value: string;
  at: number;
}
