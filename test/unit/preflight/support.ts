import type { Node, PersistentVolume, Pod } from '../../../src/k8s/objects.ts';
import type { Finding, Report } from '../../../src/kubeflow/form/finding.ts';
import { manifests } from '../../../src/kubeflow/form/manifests.ts';
import type { SpawnForm, SpawnOptions } from '../../../src/kubeflow/form.ts';
import { clusterFindings } from '../../../src/kubeflow/preflight/clusterFindings.ts';
import type { Facts, PodOnNode } from '../../../src/kubeflow/preflight/facts.ts';
import { form, options } from '../form/support.ts';

/** Nothing is in the way, and nothing is known of nodes and pods. */
export const noFacts: Facts = { leftovers: [], rights: { createClaims: 'yes', connect: 'yes' } };

export interface NodeChange {
  labels?: Record<string, string>;
  taints?: NonNullable<Node['spec']>['taints'];
  allocatable?: Record<string, string>;
  unschedulable?: boolean;
  conditions?: { type: string; status: string }[];
}

/** 8 cores and 32Gi, unless something else is said. */
export function node(name: string, { labels, taints, allocatable, unschedulable, conditions }: NodeChange = {}): Node {
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: { ...(taints ? { taints } : {}), ...(unschedulable ? { unschedulable } : {}) },
    status: {
      allocatable: { cpu: '8', memory: '32Gi', pods: '110', ...allocatable },
      ...(conditions ? { conditions } : {}),
    },
  };
}

export const gpuNode = (name: string, count = '2', change: NodeChange = {}): Node =>
  node(name, { ...change, allocatable: { 'nvidia.com/gpu': count, ...change.allocatable } });

/** A pod of alice that mounts these claims. */
export function pod(name: string, o: { claims?: string[]; node?: string; server?: string; phase?: string } = {}): Pod {
  const volumes = (o.claims ?? []).map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } }));
  return {
    metadata: { name, namespace: 'alice', ...(o.server ? { labels: { 'notebook-name': o.server } } : {}) },
    spec: { containers: [], volumes, ...(o.node ? { nodeName: o.node } : {}) },
    status: { phase: o.phase ?? 'Running' },
  };
}

export function onNode(name: string, amounts: Record<string, number>, key = 'other/pod'): PodOnNode {
  return { key, node: name, amounts: { pods: 1, ...amounts } };
}

/** A volume that can be reached from one zone only. */
export function volumeIn(zone: string): PersistentVolume {
  const requirement = { key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone] };
  return {
    metadata: { name: `pv-${zone}` },
    spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [requirement] }] } } },
  };
}

export const inZone = (zone: string): Record<string, string> => ({ 'topology.kubernetes.io/zone': zone });

/** What the cluster's answers say about a form, as findings. */
export function found(change: Partial<SpawnForm>, facts: Partial<Facts>, o: SpawnOptions = options()): Finding[] {
  const typed = form(change, o);
  return clusterFindings(typed, manifests(typed, { config: o.config }).notebook, o, { ...noFacts, ...facts });
}

/** The same as "severity field code". */
export function told(change: Partial<SpawnForm>, facts: Partial<Facts>, o?: SpawnOptions): string[] {
  return found(change, facts, o).map(({ severity, field, code }) => `${severity} ${field} ${code}`);
}

export function collected(check: (report: Report) => void): Finding[] {
  const all: Finding[] = [];
  check((field, severity, code, params) =>
    all.push(params ? { field, severity, code, params } : { field, severity, code }),
  );
  return all;
}
