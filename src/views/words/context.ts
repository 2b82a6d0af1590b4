import type { KubeError } from '../../k8s/errors.ts';
import type { ViewState } from '../viewState.ts';
import type { Translate } from './translate.ts';

/** How a context stands: as the view would show it by itself, or not looked at, or no longer in the kubeconfig. */
export type ContextState = ViewState | 'closed' | 'gone';

/** Two or three words for a context's row; nothing where all is well, or nobody has looked. */
export function contextShort(t: Translate, state: ContextState, problem?: KubeError): string | undefined {
  switch (state) {
    case 'closed':
    case 'ready':
      return problem ? problemShort(t, problem) : undefined;
    case 'loading':
      return t('Connecting');
    case 'gone':
    case 'noKubeconfig':
    case 'noContexts':
      return t('Not in the kubeconfig');
    case 'kubeflowMissing':
      return t('No Kubeflow');
    case 'noProfiles':
      return t('No profiles known');
    case 'problem':
      return problem ? problemShort(t, problem) : t('Not connected');
  }
}

function problemShort(t: Translate, { code }: KubeError): string {
  if (code === 'Unauthorized' || code === 'SignedOut') return t('Signed out');
  if (code === 'ExecPluginFailed') return t('Not signed in');
  if (code === 'CertificateUntrusted') return t('Certificate not trusted');
  if (code === 'Forbidden') return t('No access');
  return t('Not connected');
}

/** The same as a line of its own, for lists of contexts. */
export function contextLine(t: Translate, state: ContextState, problem?: KubeError): string {
  const short = contextShort(t, state, problem);
  if (short !== undefined) return short;
  return state === 'closed' ? t('Not looked at') : t('Connected');
}
