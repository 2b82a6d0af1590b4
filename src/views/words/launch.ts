/** The words of a launch: its steps, what its server is seen doing, and what is left of one that did not come to its end. */
import type { SpawnStep } from '../../kubeflow/spawn.ts';
import type { Unfinished } from '../../kubeflow/launch/unfinished.ts';
import type { StatusCauseCode } from '../../kubeflow/status/statusCause.ts';
import { list } from './amounts.ts';
import type { Translate } from './translate.ts';

/** One step as a line of the list: what is being done, or what was done. */
export function stepWords(t: Translate, step: SpawnStep): string {
  const name = step.name ?? '';
  const over = step.state === 'done';
  switch (step.id) {
    case 'check':
      return over ? t('Checked by the cluster') : t('Check by the cluster');
    case 'claim':
      return over ? t('Created the volume {0}', name) : t('Create the volume {0}', name);
    case 'notebook':
      return over ? t('Created the notebook server {0}', name) : t('Create the notebook server {0}', name);
    case 'patch':
      return over ? t('Saved the notebook server {0}', name) : t('Save the notebook server {0}', name);
    case 'renew':
      return over ? t('Made its StatefulSet anew') : t('Make its StatefulSet anew');
    case 'undo':
      return over ? t('Removed {0} again', name) : t('Remove {0} again', name);
  }
}

/** The launch's volumes, bound or on the way to it. */
export function boundWords(t: Translate, names: readonly string[], bound: boolean): string {
  const [name = ''] = names;
  if (names.length === 1) return bound ? t('The volume {0} is bound', name) : t('Binding the volume {0}', name);
  return bound ? t('The volumes {0} are bound', list(names)) : t('Binding the volumes {0}', list(names));
}

/** The pod that an edit replaces, on its way out or gone. */
export function endingPodWords(t: Translate, old: boolean): { text: string; state: 'running' | 'done' } {
  return old
    ? { text: t('Ending the pod that there was'), state: 'running' }
    : { text: t('Ended the pod that there was'), state: 'done' };
}

export function scheduledWords(t: Translate, node: string): string {
  return t('Scheduled on {0}', node);
}

/** An ordinary step of a start, once it is over; undefined for what has no better words than while it went on. */
export function overWords(t: Translate, code: StatusCauseCode): string | undefined {
  if (code === 'creatingPod') return t('Created the pod');
  if (code === 'creatingContainer') return t('Created the container');
  if (code === 'startingContainer') return t('Started the container');
  return undefined;
}

/** Waiting for the program of this type of server (Kubeflow's annotation) to answer, and that it does. */
export function answeringWords(t: Translate, serverType: string | undefined): { text: string; over: string } {
  const program = serverType === 'group-one' ? 'VS Code' : serverType === 'group-two' ? 'RStudio' : 'Jupyter';
  return { text: t('Started, waiting for {0} to answer', program), over: t('{0} answers', program) };
}

/** What a launch that was to leave nothing could not remove. */
export function leftWords(t: Translate, names: readonly string[], context: string): string {
  return t(
    'These may still be there: {0}. VS Code will offer to finish or discard them when {1} answers, at its next start at the latest.',
    list(names),
    context,
  );
}

/** The offer to finish or discard a launch of which a part stands. */
export function unfinishedWords(t: Translate, { entry, standing, canFinish }: Unfinished): string {
  const { name, namespace, context } = entry;
  if (entry.edit) {
    return t(
      'An edit of {0} in {1} on {2} did not come to its end. It has made volumes that no server uses: {3}.',
      name,
      namespace,
      context,
      list(standing),
    );
  }
  const what = t('The launch of {0} in {1} on {2} did not come to its end.', name, namespace, context);
  const [one = ''] = standing;
  const there = standing.length === 1 ? t('{0} is there.', one) : t('{0} are there.', list(standing));
  const only = canFinish ? '' : t('It cannot be finished, as it is a copy of another server.');
  return [what, there, only].filter((sentence) => sentence !== '').join(' ');
}
