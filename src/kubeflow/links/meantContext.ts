/** Which context of this computer's kubeconfig a link means. Pure. */
import type { LinkPlace } from '../links.ts';

/** The part of a KubeContext that tells. */
export interface ContextToMean {
  name: string;
  fingerprint: string;
}

/** `alike`: others that lead to the API server that the link was made for, by whatever name. */
export type Meant<C> =
  | { kind: 'found'; context: C }
  /** There is a context by that name, and it leads to another API server than the link's. */
  | { kind: 'other'; context: C; alike: C[] }
  | { kind: 'unknown'; alike: C[] };

/** A link that does not say its API server means the context by its name. */
export function meantContext<C extends ContextToMean>(place: LinkPlace, contexts: readonly C[]): Meant<C> {
  const leadsThere = ({ fingerprint }: C): boolean => fingerprint === place.fingerprint;
  const context = contexts.find(({ name }) => name === place.context);
  if (context && (place.fingerprint === undefined || leadsThere(context))) return { kind: 'found', context };
  const alike = contexts.filter(leadsThere);
  return context ? { kind: 'other', context, alike } : { kind: 'unknown', alike };
}
