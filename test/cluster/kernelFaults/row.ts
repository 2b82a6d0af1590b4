import type { KernelWorld } from './world.ts';

type Step = (world: KernelWorld) => unknown;

/** One fault under a cell that counts. */
export interface KernelFault {
  fault: string;
  /** What is not real in it, and what stands for it. */
  simulated?: string;
  make: Step;
  /** Ends it, where it does not end by itself. */
  undo?: Step;
  /** `goes on` to its own end; `ends` with a sentence. */
  cell: 'goes on' | 'ends';
  /** It takes the container along, which is restarted. */
  container?: true;
  /** What the status bar says meanwhile; nothing when not given. */
  meanwhile?: RegExp;
  /** The sentence under a cell that ends. */
  says?: RegExp;
  /** The button that goes with it. */
  remedy?: string;
  /**
   * `nothing`: every number is there. `named`: numbers are missing, and the place, from when to when, is said.
   * `perhaps`: what was on its way just then may be missing; if so, it is named.
   */
  output: 'nothing lost' | 'loss named' | 'perhaps lost, then named';
  variables: 'kept' | 'gone';
  /** What the next cell says that is run at once, where it does not run. */
  refused?: RegExp;
  /** What the user does about it. */
  remedied?: Step;
  /** Of a kernel's connection; ms. */
  heartbeatMs?: number;
}
