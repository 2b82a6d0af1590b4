/** How much room nodes have. Pure. */
import type { Node } from '../../k8s/objects.ts';
import { isGpuKey } from '../objects.ts';
import type { PodOnNode } from './facts.ts';
import { isReady } from './nodeMatch.ts';
import { add, amountsOf } from './podRequests.ts';
import type { Amounts } from './podRequests.ts';

/** What a node has for pods when it is empty. */
export function roomOf(node: Node): Amounts {
  return amountsOf(node.status?.allocatable);
}

/** What each node has left, by its name. `without`: this pod's place counts as free. */
export function freeRoom(
  nodes: readonly Node[],
  pods: readonly PodOnNode[],
  without?: string,
): ReadonlyMap<string, Amounts> {
  const free = new Map(nodes.map((node) => [node.metadata.name, roomOf(node)]));
  for (const { key, node, amounts } of pods) {
    const left = key === without ? undefined : free.get(node);
    if (!left) continue;
    add(left, Object.fromEntries(Object.entries(amounts).map(([resource, amount]) => [resource, -amount])));
  }
  return free;
}

/** Has the room all of it? Sums of decimal fractions are a hair off, which is no lack. */
export function holds(room: Amounts | undefined, asked: Amounts): boolean {
  return lacking(room, asked).length === 0;
}

/** The resources of which there is less than asked. */
export function lacking(room: Amounts | undefined, asked: Amounts): string[] {
  return Object.keys(asked).filter((key) => (asked[key] ?? 0) > (room?.[key] ?? 0) + 1e-6);
}

/** Pieces of a kind of GPU in the cluster. `free` is absent where pods may not be read. */
export interface GpuRoom {
  total: number;
  free?: number;
}

/** By resource key: what there is on all nodes, and what of it is free on those that take pods now. */
export function gpuRoom(nodes: readonly Node[], pods: readonly PodOnNode[] | undefined): Record<string, GpuRoom> {
  const left = pods && freeRoom(nodes, pods);
  const found: Record<string, GpuRoom> = {};
  for (const node of nodes) {
    for (const [key, count] of Object.entries(roomOf(node))) {
      if (!isGpuKey(key) || count <= 0) continue;
      const so = (found[key] ??= { total: 0, ...(left ? { free: 0 } : {}) });
      so.total += count;
      if (left && isReady(node, undefined)) {
        so.free = (so.free ?? 0) + Math.max(0, left.get(node.metadata.name)?.[key] ?? 0);
      }
    }
  }
  return found;
}
