/**
 * The one place that turns problems and states (data) into what the user reads, in their language. By topic: words/kube
 * (clusters), words/jupyter (servers and kernels), words/status* (notebook servers), words/rights, words/amounts.
 */
import { isJupyterError } from '../jupyter/errors.ts';
import { isKubeError } from '../k8s/errors.ts';
import { jupyterWords } from './words/jupyter.ts';
import { kubeWords, type Where } from './words/kube.ts';
import type { Said, Translate } from './words/translate.ts';

export { jupyterWords } from './words/jupyter.ts';
export { kubeWords } from './words/kube.ts';
export { statusHead, statusShort } from './words/statusShort.ts';
export { statusSentence } from './words/statusWords.ts';
export type { Said, Translate } from './words/translate.ts';

/** An error whose sentence is known where it is thrown, as a command's answer to the user. */
export class Told extends Error {
  readonly said: Said;

  constructor(said: Said | string) {
    const whole = typeof said === 'string' ? { text: said } : said;
    super(whole.text);
    this.name = 'Told';
    this.said = whole;
  }
}

/** Any error in words. What is no problem of a known kind gets one calm sentence; its details belong in the log. */
export function explain(t: Translate, error: unknown, where: Where = {}): Said {
  if (error instanceof Told) return error.said;
  if (isKubeError(error)) return kubeWords(t, error.problem, where);
  if (isJupyterError(error)) return jupyterWords(t, error.problem);
  return {
    text: t('Something unexpected stopped this. The log has the details.'),
    action: { title: t('Show Log'), command: 'kubeflow.showLog' },
  };
}
