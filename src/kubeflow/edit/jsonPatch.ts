/** The least change that makes one object of another, as a JSON patch (RFC 6902): what it does not name stays as it is. Pure. */
import { same } from '../form/kept.ts';

export type PatchOperation =
  { op: 'add' | 'replace' | 'test'; path: string; value: unknown } | { op: 'remove'; path: string };

/**
 * The operations that turn `before` into `after`. Maps are compared key by key and lists of one length item by item;
 * another list is replaced as a whole. Items are named by their place: send it with a test that nothing has moved.
 */
export function changesBetween(before: unknown, after: unknown, path = ''): PatchOperation[] {
  if (same(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    if (before.length !== after.length) return [{ op: 'replace', path, value: after }];
    return after.flatMap((item, index) => changesBetween(before[index], item, `${path}/${index}`));
  }
  if (!isMap(before) || !isMap(after)) return [{ op: 'replace', path, value: after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key): PatchOperation[] => {
    const at = pointer(path, key);
    const [old, fresh] = [before[key], after[key]];
    if (fresh === undefined) return old === undefined ? [] : [{ op: 'remove', path: at }];
    if (old === undefined) return [{ op: 'add', path: at, value: fresh }];
    return changesBetween(old, fresh, at);
  });
}

/** The path of a key below another path. */
export function pointer(path: string, key: string): string {
  return `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
