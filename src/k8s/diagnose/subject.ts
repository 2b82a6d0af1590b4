import type { Right } from '../access.ts';
import type { Cluster } from '../cluster.ts';
import type { KubeContext } from '../kubeconfig.ts';

/** Where a port-forward can be tried. */
export interface ForwardTarget {
  namespace: string;
  pod: string;
  port: number;
  /** What the server there answers to a GET. */
  path: string;
}

/** What a product needs of a cluster. */
export interface Needs {
  /** Minor versions of Kubernetes 1.x: the oldest that should work, the one that it is tested with. */
  kubernetes: { oldest: number; tested: number };
  /** `version`: the one that is used; `optional`: without it less is shown. */
  types: readonly { group: string; plural: string; version: string; optional?: boolean }[];
  /** To see anything: all of these, in the namespace or in all of them. */
  look: readonly Omit<Right, 'namespace'>[];
  /** For all the rest; each is asked for the namespace, or for all without one. */
  act: readonly Omit<Right, 'namespace'>[];
}

/** What is diagnosed: one context. */
export interface Subject {
  needs: Needs;
  /**
   * Reads the kubeconfig and finds the context.
   * @throws KubeError
   */
  open(): Promise<{ files: readonly string[]; context: KubeContext; cluster: Cluster; namespace?: string }>;
  /** A pod to try a port-forward on. @throws KubeError */
  target(cluster: Cluster, namespace: string | undefined, signal: AbortSignal): Promise<ForwardTarget | NoTarget>;
}

export type NoTarget = 'noServer' | 'noneRunning';
