/** What was asked of the cluster about a form, as it was answered. What may not be known is absent. Types only. */
import type { Node, PersistentVolume, Pod } from '../../k8s/objects.ts';
import type { Right } from '../form.ts';
import type { PodDefault } from '../objects.ts';
import type { Amounts } from './podRequests.ts';

/** An object of the server's name that no notebook server owns; `going`: it is on its way out. */
export interface Leftover {
  kind: 'StatefulSet' | 'Service' | 'Pod';
  going: boolean;
}

/** A pod that lives on a node, and what it has there. */
export interface PodOnNode {
  /** 'namespace/name'. */
  key: string;
  node: string;
  amounts: Amounts;
}

export interface Facts {
  leftovers: readonly Leftover[];
  /** Those of the namespace. */
  pods?: readonly Pod[];
  nodes?: readonly Node[];
  /** Those of all namespaces. */
  podsOnNodes?: readonly PodOnNode[];
  /** By the name of the claim that is bound to it. */
  volumes?: ReadonlyMap<string, PersistentVolume>;
  /** Those of the namespace. */
  podDefaults?: readonly PodDefault[];
  rights: { createClaims: Right; connect: Right };
}
