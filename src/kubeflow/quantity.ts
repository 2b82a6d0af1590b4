/**
 * Amounts as Kubernetes writes them ("500m", "1.5Gi", "2e3") and as people type them into the form. Pure: shared by the
 * extension host and the webview.
 */

const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Bytes in one Gi. */
export const gi = 2 ** 30;

/**
 * The number behind a Kubernetes quantity (bytes, cores, pieces), or undefined where the text is none. Follows
 * apimachinery's resource.Quantity: sign, digits, and a decimal, binary or exponent suffix.
 */
export function parseQuantity(text: string | number | undefined): number | undefined {
  if (text === undefined) return undefined;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?$/.exec(
    String(text).trim(),
  );
  if (!match) return undefined;
  const scale = match[2] === undefined ? (suffixes[match[3] ?? ''] ?? 1) : 10 ** Number(match[2]);
  return Number(match[1]) * scale;
}

/** Cores as typed: "2", "0.5", ".5" or "500m", down to a thousandth; undefined where it is none. May be 0. */
export function parseCpu(text: string): number | undefined {
  const typed = text.trim();
  if (/^\d{1,9}m$/.test(typed)) return Number(typed.slice(0, -1)) / 1000;
  return /^(\d{1,6}(\.\d{0,3})?|\.\d{1,3})$/.test(typed) ? Number(typed) : undefined;
}

/**
 * Gi as typed: "2", "1.5", "1.5 Gi", or in another unit that is named: "512Mi", "5G". Down to a thousandth of the unit;
 * undefined where it is none. May be 0. A number without a unit is Gi, so bytes and exponents are refused.
 */
export function parseGi(text: string): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{0,3})?|\.\d{1,3})\s*(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$/.exec(text.trim());
  return match ? (Number(match[1]) * (suffixes[match[2] ?? 'Gi'] ?? gi)) / gi : undefined;
}

/** What is written for memory as typed: in Gi where that is exact to a thousandth, else in the unit that was typed. */
export function giQuantity(text: string): string {
  const value = parseGi(text) ?? 0;
  return isPlain(value) ? `${plain(value)}Gi` : text.replace(/\s+/g, '');
}

/** An amount of memory in an object as the form has it: without Gi, and bytes and exponents in a unit that says them exactly. */
export function giText(quantity: string | number): string {
  const text = String(quantity).trim();
  if (/[a-zA-Z]$/.test(text) && parseGi(text) !== undefined) return text.replace(/\s*Gi$/, '');
  const bytes = Math.ceil(parseQuantity(text) ?? NaN);
  if (!(bytes >= 0 && bytes < 2 ** 53)) return text;
  const unit = (['Gi', 'Mi', 'M', 'Ki', 'k'] as const).find((one) => isPlain(bytes / suffixes[one]!)) ?? 'k';
  return `${plain(bytes / suffixes[unit]!)}${unit === 'Gi' ? '' : unit}`;
}

/** An amount of cores in an object as the form has it; less than a thousandth counts as one, as Kubernetes has it. */
export function cpuText(quantity: string | number): string {
  const text = String(quantity).trim();
  const value = parseQuantity(text);
  if (value === undefined || value < 0 || parseCpu(text) !== undefined) return text;
  return plain(Math.ceil(value * 1000) / 1000);
}

/** Has the number three decimals at most? */
function isPlain(value: number): boolean {
  return Number(plain(value)) === value;
}

/** A whole number as typed, empty counting as 0; undefined where it is none. */
export function parseCount(text: string): number | undefined {
  const typed = text.trim();
  if (typed === '') return 0;
  return /^\d{1,6}$/.test(typed) ? Number(typed) : undefined;
}

/** A number with at most three decimals and no trailing zeros: the only ones that the form lets through. */
export function plain(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/**
 * The limit that belongs to a request: request x factor with one decimal, as the Jupyter Web App computes it, and never
 * below the request, which the API server would refuse.
 */
export function limitOf(request: number, factor: number): number {
  return Math.max(request, Math.round(request * factor * 10) / 10);
}

/** An amount of a resource in the unit that people use for it: Gi for memory and storage, cores or pieces else. */
export function amountOf(resource: string, value: number): string {
  return /memory|storage/.test(resource) ? `${plain(value / gi)} Gi` : plain(value);
}
