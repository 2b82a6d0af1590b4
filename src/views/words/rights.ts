import type { Translate } from './translate.ts';

/** What a user does that needs a right; each has its sentence and the right that kubectl would name. */
export const deeds = {
  create: { verb: 'create', group: 'kubeflow.org', resource: 'notebooks' },
  edit: { verb: 'patch', group: 'kubeflow.org', resource: 'notebooks' },
  delete: { verb: 'delete', group: 'kubeflow.org', resource: 'notebooks' },
  connect: { verb: 'create', group: '', resource: 'pods', subresource: 'portforward' },
  exec: { verb: 'create', group: '', resource: 'pods', subresource: 'exec' },
  deleteVolumes: { verb: 'delete', group: '', resource: 'persistentvolumeclaims' },
  deleteProfile: { verb: 'delete', group: 'kubeflow.org', resource: 'profiles' },
} as const;
export type Deed = keyof typeof deeds;

/** The right as kubectl's `auth can-i` writes it: `patch notebooks`, `create pods/portforward`. */
export function rightName(deed: Deed): string {
  const right = deeds[deed];
  // Whether `create` is needed too depends on the server's version: who asks for the right is to get both.
  if (deed === 'connect') return 'get and create pods/portforward (or pods/proxy)';
  return `${right.verb} ${right.resource}${'subresource' in right ? `/${right.subresource}` : ''}`;
}

/** The palette's answer to somebody who may look but not act. */
export function notAllowed(t: Translate, deed: Deed, namespace: string): string {
  const right = rightName(deed);
  switch (deed) {
    case 'create':
      return t('You can view {0} but not create notebook servers in it (needs: {1}).', namespace, right);
    case 'edit':
      return t('You can view {0} but not start, stop or edit servers in it (needs: {1}).', namespace, right);
    case 'delete':
      return t('You can view {0} but not delete servers in it (needs: {1}).', namespace, right);
    case 'connect':
      return t('You can view {0} but not connect to servers in it (needs: {1}).', namespace, right);
    case 'exec':
      return t('You can view {0} but not run programs in its servers (needs: {1}).', namespace, right);
    case 'deleteVolumes':
      return t('You can view {0} but not delete volumes in it (needs: {1}).', namespace, right);
    case 'deleteProfile':
      return t('You can view {0} but not delete it (needs: {1}).', namespace, right);
  }
}

/** One line of a tooltip: what is missing from the menu, and the right that would bring it. */
export function missingLine(t: Translate, deed: Deed): string {
  const right = rightName(deed);
  switch (deed) {
    case 'create':
      return t('New Notebook Server and Clone need the right: {0}', right);
    case 'edit':
      return t('Start, Stop and Edit need the right: {0}', right);
    case 'delete':
    case 'deleteProfile':
      return t('Delete needs the right: {0}', right);
    case 'connect':
      return t('Connect needs the right: {0}', right);
    case 'exec':
      return t('Check GPUs needs the right: {0}', right);
    case 'deleteVolumes':
      return t('Deleting volumes needs the right: {0}', right);
  }
}
