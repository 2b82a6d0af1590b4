import type { Person } from '../../../lab/index.ts';
import type { KubeErrorCode } from '../../../src/k8s/errors.ts';
import type { ViewState } from '../../../src/views/viewState.ts';
import type { Seen } from './seen.ts';
import type { Config, World } from './world.ts';

/** What the user must see while it lasts. */
export interface Sight {
  problem?: KubeErrorCode;
  reason?: string;
  /** The sentence above the rows. */
  said?: RegExp;
  face?: ViewState;
  /** `stale`: the rows of before, with the time. `live`: nothing has happened to them. `gone`: none is shown. */
  rows: 'stale' | 'live' | 'gone' | 'any';
  /** Whatever else must be so. */
  also?: (seen: Seen) => boolean;
  /** Seconds; 10 when not given. */
  within?: number;
}

type Step = (world: World) => unknown;

/** One fault. */
export interface Fault {
  name: string;
  /** Whose kubeconfig, and what is other in it; admin's when not given. */
  who?: Person;
  config?: (config: Config, world: World) => void;
  /** The namespaces that this user may see. */
  visible?: readonly string[];
  /** The client runs in a process of its own, with a clock that is so far ahead. */
  clockMs?: number;
  apart?: true;
  /** What must be there before the client starts. */
  prepare?: Step;
  /** The fault is there before the client starts. */
  fromStart?: true;
  make: Step;
  /** Absent: nothing may be seen of it. All is live all the time, and follows what changes. */
  sees?: Sight;
  /** Whether the cluster can be changed while it lasts. */
  frozen?: true;
  during?: Step;
  undo: Step;
  /** Seconds that pass until anybody could notice that it is over, and why. */
  detectable?: { after: number; because: string };
  cleanUp?: Step;
}

/** A fault that is not made, seen and undone like the others. */
export interface Case {
  name: string;
  run: (world: World) => Promise<unknown>;
}
