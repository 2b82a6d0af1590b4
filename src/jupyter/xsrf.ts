import { randomBytes } from 'node:crypto';

/**
 * The pair of headers that Jupyter's XSRF check wants on every request that changes something. Kubeflow's images check,
 * but have no login that would hand out a token: any value will do, if it comes twice.
 */
export function makeXsrfPair(): () => Record<string, string> {
  const xsrf = randomBytes(16).toString('hex');
  return () => ({ Cookie: `_xsrf=${xsrf}`, 'X-XSRFToken': xsrf });
}
