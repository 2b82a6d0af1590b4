/** Which nodes a pod may run on, whatever room they have: selector, affinity, taints (kubernetes: component-helpers/scheduling). Pure. */
import type { Node } from '../../k8s/objects.ts';
import type { PodSpec } from '../objects.ts';

type Labels = Readonly<Record<string, string>>;

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}
interface Term {
  matchExpressions?: Requirement[];
  matchFields?: Requirement[];
}

/** Do the labels have every one of these? */
export function hasLabels(labels: Labels | undefined, wanted: Labels | undefined): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels?.[key] === value);
}

/** Does one requirement of a label selector or of a node selector's term hold? */
export function meets(labels: Labels | undefined, { key, operator, values = [] }: Requirement): boolean {
  const value = labels?.[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

/** Does a node match one of the terms? A term that says nothing matches none. */
export function inTerms(node: Node, terms: readonly Term[]): boolean {
  const { labels, name } = node.metadata;
  return terms.some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length + matchFields.length === 0) return false;
    const fields = { 'metadata.name': name };
    return matchExpressions.every((one) => meets(labels, one)) && matchFields.every((one) => meets(fields, one));
  });
}

/** Do the node's labels suit the pod: its node selector and the node affinity that it requires? */
export function isWanted(node: Node, spec: PodSpec | undefined): boolean {
  if (!hasLabels(node.metadata.labels, spec?.nodeSelector)) return false;
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms === undefined || inTerms(node, terms);
}

type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];

/** Taints that come and go with a node's condition say nothing about whether it can ever run the pod. */
const passing = /^node(\.cloudprovider)?\.kubernetes\.io\//;

/** Are all taints that keep pods away tolerated? Those of a node's present condition are left to `isReady`. */
export function isTolerated(node: Node, spec: PodSpec | undefined): boolean {
  return (node.spec?.taints ?? [])
    .filter(({ key, effect }) => effect !== 'PreferNoSchedule' && !passing.test(key))
    .every((taint) => tolerates(spec, taint));
}

function tolerates(spec: PodSpec | undefined, taint: Taint): boolean {
  return (spec?.tolerations ?? []).some(({ key = '', operator, value, effect }) => {
    if (effect && effect !== taint.effect) return false;
    if (operator === 'Exists') return key === '' || key === taint.key;
    return key === taint.key && (value ?? '') === (taint.value ?? '');
  });
}

/** Does the node take pods now: up, and not cordoned? */
export function isReady(node: Node, spec: PodSpec | undefined): boolean {
  if (node.spec?.unschedulable) return false;
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready && ready.status !== 'True') return false;
  return (node.spec?.taints ?? [])
    .filter(({ key, effect }) => effect !== 'PreferNoSchedule' && passing.test(key))
    .every((taint) => tolerates(spec, taint));
}
