/**
 * Reads objects that anybody may have written: whatever is not of the expected shape counts as absent, so that reading
 * never fails. Pure.
 */
import type { Kept } from '../form.ts';

export function asRecord(value: unknown): Kept {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Kept) : {};
}

/** The objects in a list. */
export function asList(value: unknown): Kept[] {
  return Array.isArray(value) ? value.map(asRecord) : [];
}

/** A text; numbers and booleans, which hand-written YAML has in the place of texts, as they would be written. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? `${value}` : '';
}

/** The texts of a map, such as labels. */
export function asTexts(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(asRecord(value)).map(([key, one]) => [key, asText(one)]));
}

/** Are these the same JSON, whatever the order of keys? An undefined property counts as absent. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => same(one, b[i]));
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [a as Kept, b as Kept];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) => same(left[key], right[key]));
}

/** A copy without these keys. */
export function omit<T extends object, K extends keyof T>(value: T, ...keys: K[]): Omit<T, K> {
  const copy = { ...value };
  for (const key of keys) delete copy[key];
  return copy;
}

/** Without the properties that are undefined, false or empty: what need not be written. */
export function tidy<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== undefined && one !== false && one !== ''),
  ) as T;
}
