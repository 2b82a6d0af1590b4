/** The words of an edit: what it changes, what restarts, and that somebody else was there in between. */
import type { ChangedThing, FormChange } from '../../kubeflow/edit/formChanges.ts';
import type { EditPlan } from '../../kubeflow/edit/editPlan.ts';
import type { FormWords } from '../../../webview-ui/contract.ts';
import type { Translate } from './translate.ts';

/** The form's words where they are others for a server that stands. */
export function editFormWords(t: Translate, name: string): Partial<FormWords> {
  return {
    title: t('Edit {0}', name),
    launch: t('Save'),
    launchAnyway: t('Save Anyway'),
    ready: t('Ready to save.'),
    preview: t('What Save writes'),
    openDocument: t('Show Changes'),
    progressTitle: t('Saving {name}'),
    progressTitleNot: t('{name} was not saved'),
    progressHint: t('You can close this. The row in the sidebar goes on telling.'),
  };
}

/** The form's words for a copy of a server. */
export function cloneFormWords(t: Translate, name: string): Partial<FormWords> {
  return { title: t('Clone {0}', name) };
}

/** One change as a line; of variables and annotations only that they changed. */
export function changeWords(t: Translate, change: FormChange): string {
  const { thing, of, hidden } = change;
  const what = of === undefined ? nameOf(t, thing) : t('{0} {1}', nameOf(t, thing), of);
  const [from, to] = [change.from, change.to].map((text) => text && valueOf(t, thing, text));
  if (isMark(thing) || hidden) {
    if (from === undefined) return t('{0}: added', what);
    if (to === undefined) return t('{0}: removed', what);
    return t('{0}: changed', what);
  }
  return t('{0}: {1} → {2}', what, from ?? t('none'), to ?? t('none'));
}

function isMark(thing: ChangedThing): boolean {
  return thing === 'configuration' || thing === 'pullSecret';
}

function valueOf(t: Translate, thing: ChangedThing, text: string): string {
  if (thing === 'type') return text === 'group-one' ? 'VS Code' : text === 'group-two' ? 'RStudio' : 'JupyterLab';
  if (thing === 'sharedMemory' && text === '*') return t('as memory');
  if (text === '*') return t('as it is');
  return text;
}

function nameOf(t: Translate, thing: ChangedThing): string {
  switch (thing) {
    case 'type':
      return t('Type');
    case 'image':
      return t('Image');
    case 'pullPolicy':
      return t('Pull the image');
    case 'cpu':
      return t('CPU');
    case 'cpuLimit':
      return t('CPU limit');
    case 'memory':
      return t('Memory');
    case 'memoryLimit':
      return t('Memory limit');
    case 'gpus':
      return t('Device');
    case 'gpuModel':
      return t('GPU model');
    case 'workspace':
      return t('Workspace');
    case 'dataVolume':
      return t('Data volume');
    case 'sharedMemory':
      return t('Shared memory');
    case 'affinityGroup':
      return t('Affinity group');
    case 'tolerationGroup':
      return t('Toleration group');
    case 'configuration':
      return t('Configuration');
    case 'variable':
      return t('Variable');
    case 'envFrom':
      return t('Variables from');
    case 'secretFiles':
      return t('Secret as files');
    case 'pullSecret':
      return t('Image pull secret');
    case 'nodeSelector':
      return t('Node label');
    case 'serviceAccount':
      return t('Service account');
    case 'label':
      return t('Label');
    case 'annotation':
      return t('Annotation');
  }
}

/** What saving does to the server, as a sentence or two. */
export function effectWords(
  t: Translate,
  { plan, changes, kernels, mayRenew }: { plan: EditPlan; changes: number; kernels?: number; mayRenew: boolean },
): string {
  if (changes === 0 && plan.patch.length === 0 && !plan.renew) return t('Nothing is changed yet.');
  const right = t('needs: {0}', 'delete statefulsets');
  if (plan.renew === 'labels' && !mayRenew) {
    return t('Labels and annotations do not reach the pod before its StatefulSet is made anew ({0}).', right);
  }
  if (plan.renew === 'stuck' && !mayRenew) {
    return t('The pod that does not start stays until its StatefulSet is made anew ({0}).', right);
  }
  if (plan.isStopped) return t('The server is stopped. This applies at its next start.');
  if (plan.renew === 'stuck') return t('The pod that does not start is replaced.');
  if (!plan.restarts) return plan.patch.length === 0 ? t('The pod is made anew.') : t('Nothing restarts.');
  const why = changes === 0 ? t('The pod lacks labels or annotations of the server.') : undefined;
  return [why, restartWords(t, kernels)].filter((one) => one !== undefined).join(' ');
}

function restartWords(t: Translate, kernels: number | undefined): string {
  if (kernels === undefined) return t('The server restarts: its kernels end.');
  if (kernels === 0) return t('The server restarts. No kernel is running.');
  if (kernels === 1) return t('The server restarts: the kernel that runs ends.');
  return t('The server restarts: the {0} kernels that run end.', kernels);
}

/** What a save means for a server that does not restart. */
export function savedWords(t: Translate, then: 'starts' | 'goesOn' | 'staysStopped'): string {
  return then === 'staysStopped' ? t('Saved. It applies at the next start.') : t('Saved. Nothing restarts.');
}

/** Somebody else has changed the server while its form was open. */
export function meanwhileWords(t: Translate, name: string, gone: boolean): string {
  return gone ? t('{0} is not there any more.', name) : t('{0} was changed in the cluster meanwhile.', name);
}

export function saveWords(t: Translate, restarts: boolean): string {
  return restarts ? t('Save and Restart') : t('Save');
}

/** The refusal of a save for that reason. */
export function conflictWords(t: Translate, name: string): string {
  return t('{0} was changed in the cluster meanwhile, so nothing was saved. Reload keeps what you changed.', name);
}
