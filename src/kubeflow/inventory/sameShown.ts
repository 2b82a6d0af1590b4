/** Equality of objects as far as anything of them is shown. */

/**
 * What the notebook controller, the culler and the API server stamp again and again without news: a probe time, the
 * object's version, who wrote which field, when Jupyter was last seen at work.
 */
const unshown: ReadonlySet<string> = new Set([
  'resourceVersion',
  'generation',
  'managedFields',
  'lastProbeTime',
  'lastHeartbeatTime',
  'notebooks.kubeflow.org/last-activity',
  'notebooks.kubeflow.org/last_activity_check_timestamp',
]);

/** Deep equality of JSON-like values (and Dates) but for what is only a stamp. An undefined property is an absent one. */
export function sameShown(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Date || b instanceof Date)
    return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof Error || b instanceof Error) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a)) {
    const other = b as unknown[];
    return a.length === other.length && a.every((item, i) => sameShown(item, other[i]));
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key of Object.keys(left)) if (!unshown.has(key) && !sameShown(left[key], right[key])) return false;
  for (const key of Object.keys(right))
    if (!unshown.has(key) && right[key] !== undefined && left[key] === undefined) return false;
  return true;
}
