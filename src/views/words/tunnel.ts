import type { TunnelWait } from '../../jupyter/tunnelWait.ts';
import { isKubeError } from '../../k8s/errors.ts';
import { isJupyterError } from '../../jupyter/errors.ts';
import { jupyterWords } from './jupyter.ts';
import { kubeWords } from './kube.ts';
import type { Translate } from './translate.ts';

/** What a connection to a server waits for, in a sentence or two. */
export function tunnelWaitWords(t: Translate, wait: TunnelWait, context: string): string {
  switch (wait.for) {
    case 'pod':
      return t('Not connected: waiting for its pod to start.');
    case 'news':
      return t('Not connected: waiting for {0} to tell where it runs.', context);
    case 'jupyter':
      return t('Not connected: waiting for the server in its pod to listen.');
    case 'connection':
      return wait.problem === undefined
        ? t('Not connected: connecting.')
        : t(
            'Not connected: {0} It is tried again by itself, or at once with Reconnect Now.',
            said(t, wait.problem, context),
          );
    case 'person':
      return t('Not connected: {0}', said(t, wait.problem, context));
  }
}

function said(t: Translate, problem: unknown, context: string): string {
  if (isKubeError(problem)) return kubeWords(t, problem.problem, { context }).text;
  if (isJupyterError(problem)) return jupyterWords(t, problem.problem).text;
  return t('{0} does not answer.', context);
}
