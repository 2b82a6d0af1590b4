const exponents: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
};
const powers = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** A Kubernetes quantity (`5Gi`, `500m`, `1e3`) as a number; 0 for none or nonsense. */
export function quantity(text: string | undefined): number {
  const match = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(text ?? '');
  if (!match) return 0;
  const [, number = '', unit = ''] = match;
  const power = powers.indexOf(unit);
  return Number(number) * (power >= 0 ? 1024 ** power : (exponents[unit] ?? 0));
}
