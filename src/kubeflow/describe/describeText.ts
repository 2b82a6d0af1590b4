/** Text in the manner of `kubectl describe`: aligned fields, indented sections, tables. */

/** A field and its value; several lines stand below each other, nested fields are indented, undefined is left out. */
export type Field = readonly [label: string, value: string | number | undefined | readonly string[] | Nested];
export interface Nested {
  fields: readonly Field[];
}

/** Fields one below the other, their values in one column. */
export function fields(list: readonly Field[], indent = 0): string[] {
  const pad = ' '.repeat(indent);
  const shown = list.filter(([, value]) => value !== undefined);
  const plain = shown.filter(([, value]) => typeof value !== 'object' || Array.isArray(value));
  const width = Math.max(0, ...plain.map(([label]) => label.length + 1));
  const lines: string[] = [];
  for (const [label, value] of shown) {
    if (typeof value === 'object' && 'fields' in value) {
      lines.push(`${pad}${label}:`, ...fields(value.fields, indent + 2));
      continue;
    }
    const texts = (Array.isArray(value) ? (value as readonly string[]) : [String(value)]).flatMap((t) => t.split('\n'));
    const first = texts[0] ?? '<none>';
    lines.push(`${pad}${`${label}:`.padEnd(width)}  ${first}`.trimEnd());
    for (const text of texts.slice(1)) lines.push(`${pad}${' '.repeat(width)}  ${text}`.trimEnd());
  }
  return lines;
}

/** A table with a ruled head, as kubectl draws it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], indent = 2): string[] {
  const ruled = [head, head.map((h) => '-'.repeat(h.length)), ...rows];
  const widths = head.map((_, i) => Math.max(...ruled.map((row) => (row[i] ?? '').length)));
  const pad = ' '.repeat(indent);
  return ruled.map(
    (row) =>
      pad +
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
  );
}

/** `a=b`, one a line, sorted; '<none>' for none. */
export function pairs(map: Record<string, string> | undefined, join = '='): string[] {
  const list = Object.entries(map ?? {})
    .filter(([key]) => key !== lastApplied)
    .map(([key, value]) => `${key}${join}${oneLine(value)}`);
  return list.length > 0 ? list.sort() : ['<none>'];
}

/** The whole object once more, values of variables included: kubectl describe leaves it out too. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Long values would hide the rest; what a custom resource holds need not be a string. */
function oneLine(value: unknown): string {
  const line = String(value).replace(/\s+/g, ' ').trim();
  return line.length > 140 ? `${line.slice(0, 139)}…` : line;
}

/** How long ago, as kubectl writes it: 45s, 12m, 3h5m, 2d4h, 41d. */
export function age(at: string | number | undefined | null, now: Date): string {
  const ms = typeof at === 'number' ? at : Date.parse(at ?? '');
  if (Number.isNaN(ms) || ms === 0) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now.getTime() - ms) / 1000));
  const [m, h, d] = [60, 3600, 86_400];
  if (seconds < 2 * m) return `${seconds}s`;
  if (seconds < 10 * m) return two(seconds, m, 'm', 1, 's');
  if (seconds < 3 * h) return `${Math.floor(seconds / m)}m`;
  if (seconds < 8 * h) return two(seconds, h, 'h', m, 'm');
  if (seconds < 2 * d) return `${Math.floor(seconds / h)}h`;
  if (seconds < 8 * d) return two(seconds, d, 'd', h, 'h');
  return `${Math.floor(seconds / d)}d`;
}

function two(seconds: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((seconds % big) / small);
  return `${Math.floor(seconds / big)}${bigName}${rest > 0 ? `${rest}${smallName}` : ''}`;
}

/** A time with its age; what is no time stands alone. */
export function when(at: string | undefined | null, now: Date): string | undefined {
  if (!at) return undefined;
  return Number.isNaN(Date.parse(at)) ? at : `${at} (${age(at, now)} ago)`;
}
