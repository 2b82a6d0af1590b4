import type { Translate } from './translate.ts';

/** A span as kubectl shortens it: `40 s` under two minutes, then `5m`, `2h`, `3d`. */
export function age(t: Translate, milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 120) return t('{0} s', seconds);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return t('{0}m', minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t('{0}h', hours);
  return t('{0}d', Math.floor(hours / 24));
}

/** The age of an RFC 3339 time, or nothing when it is missing or no time at all. */
export function ageSince(t: Translate, since: string | undefined, now: Date): string | undefined {
  const at = since ? Date.parse(since) : Number.NaN;
  return Number.isNaN(at) ? undefined : age(t, now.getTime() - at);
}

/** `14:02` for today, `20 Nov, 18:31` for another day, in the user's locale. */
export function clock(at: Date | string, now: Date, locale?: string): string {
  const date = typeof at === 'string' ? new Date(at) : at;
  if (Number.isNaN(date.getTime())) return String(at);
  const form = date.toDateString() === now.toDateString() ? 'time' : 'dayAndTime';
  return formatter(form, locale).format(date);
}

/** Both ends of a span as `clock` has them; with seconds where the span is so short that it needs them. */
export function clocks(from: Date, to: Date, now: Date, locale?: string): [string, string] {
  const short = to.getTime() - from.getTime() < 120_000 && from.toDateString() === now.toDateString();
  const say = (at: Date) => (short ? formatter('seconds', locale).format(at) : clock(at, now, locale));
  return [say(from), say(to)];
}

const forms = {
  seconds: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  dayAndTime: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
} as const;
/** A formatter takes 100 µs and a piece of native memory to make, 3 µs to use: each is made once. It depends on nothing else. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(form: keyof typeof forms, locale: string | undefined): Intl.DateTimeFormat {
  const key = `${form} ${locale ?? ''}`;
  let made = formatters.get(key);
  if (!made) formatters.set(key, (made = new Intl.DateTimeFormat(locale, forms[form])));
  return made;
}

/** `nvidia.com/gpu` -> `GPU`, `nvidia.com/mig-1g.5gb` -> `mig-1g.5gb`: short enough for a row. */
export function gpuKind(key: string): string {
  const name = key.slice(key.indexOf('/') + 1);
  return name === 'gpu' ? 'GPU' : name;
}

/** Where a quota or a shortage concerns a GPU it is called so, everything else by its own name. */
export function resourceName(resource: string): string {
  const name = resource.replace(/^count\/(\w+)(\..*)?$/, '$1');
  return name.includes('/') ? gpuKind(name.replace(/^requests\./, '')) : name;
}

/** `1 x T4` when the model is known, else `1 x GPU`; several kinds are joined. */
export function gpus(t: Translate, wanted: readonly { key: string; count: number }[], model?: string): string {
  return wanted
    .map(({ key, count }) => t('{0} x {1}', count, model && wanted.length === 1 ? model : gpuKind(key)))
    .join(', ');
}

/** An image without its registry and digest: `ghcr.io/kubeflow/jupyter-scipy:v1.11.0` -> `jupyter-scipy:v1.11.0`. */
export function shortImage(image: string): string {
  const name = image.split('@')[0] ?? image;
  return name.slice(name.lastIndexOf('/') + 1);
}

/** `512 B`, `1.4 KB`, `3 MB`: sizes of files, in powers of 1000 as file managers show them. */
export function fileSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 10 || unit === 0 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit] ?? ''}`;
}

/** `5,000`: a number as the user's locale groups it. */
export function grouped(count: number, locale?: string): string {
  return new Intl.NumberFormat(locale).format(count);
}

/** `a`, `a and b`, `a, b and c`, in the user's language. */
export function list(names: readonly string[], locale?: string): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
}
