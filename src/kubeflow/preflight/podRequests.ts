/** What a pod asks of a node. Pure. */
import type { PodSpec } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';

/** By resource, in cores, bytes and pieces. */
export type Amounts = Record<string, number>;

type Resources = { requests?: Record<string, string>; limits?: Record<string, string> } | undefined;

/**
 * What the scheduler counts for a pod (kubernetes: component-helpers/resource, PodRequests): all containers together, or
 * the largest init container where that is more, with the sidecars that run beside it, and the overhead. A limit without a
 * request is a request. The pod itself counts as one of `pods`.
 */
export function podRequests(spec: PodSpec | undefined): Amounts {
  const running: Amounts = {};
  for (const { resources } of spec?.containers ?? []) add(running, requestsOf(resources));
  const sidecars: Amounts = {};
  const starting: Amounts = {};
  for (const one of spec?.initContainers ?? []) {
    const asked = requestsOf(one.resources);
    if (one.restartPolicy === 'Always') {
      add(running, asked);
      add(sidecars, asked);
      atLeast(starting, sidecars);
    } else atLeast(starting, add({ ...sidecars }, asked));
  }
  atLeast(running, starting);
  add(running, amountsOf(spec?.overhead));
  return { ...running, pods: 1 };
}

/** Quantities as numbers; what is none counts for nothing. */
export function amountsOf(quantities: Record<string, string> | undefined): Amounts {
  const entries = Object.entries(quantities ?? {}).map(([key, value]): [string, number] => [
    key,
    parseQuantity(value) ?? 0,
  ]);
  return Object.fromEntries(entries);
}

function requestsOf(resources: Resources): Amounts {
  return amountsOf({ ...resources?.limits, ...resources?.requests });
}

/** Adds the second to the first, which it gives back. */
export function add(to: Amounts, more: Amounts): Amounts {
  for (const [key, amount] of Object.entries(more)) to[key] = (to[key] ?? 0) + amount;
  return to;
}

function atLeast(to: Amounts, least: Amounts): void {
  for (const [key, amount] of Object.entries(least)) to[key] = Math.max(to[key] ?? 0, amount);
}
