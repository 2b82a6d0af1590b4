/** The words of a launch's steps. */
import type { SpawnStep } from '../../kubeflow/spawn.ts';
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
    case 'undo':
      return over ? t('Removed {0} again', name) : t('Remove {0} again', name);
  }
}
