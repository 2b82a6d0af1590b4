/** The volumes of a form that was read back, as new ones of the same kind: for a copy with files of its own. Pure. */
import type { PersistentVolumeClaim } from '../../k8s/objects.ts';
import { accessModes } from '../form.ts';
import type { SpawnForm, VolumeChoice } from '../form.ts';
import { giText } from '../quantity.ts';
import { omit } from './kept.ts';

/**
 * Turns the form's existing volumes into new ones, each of its claim's size, class and access mode and mounted where it
 * was. `name` says what a new claim is called; empty, the default, lets it be named after the server. A volume whose claim
 * is not among these stays as it is.
 */
export function withNewVolumes(
  form: SpawnForm,
  claims: readonly PersistentVolumeClaim[],
  name: (claim: string) => string = () => '',
): SpawnForm {
  const renew = (volume: VolumeChoice): VolumeChoice => {
    if (volume.kind !== 'existing') return volume;
    const found = claims.find(({ metadata }) => metadata.name === volume.claim);
    if (!found) return volume;
    const { claim } = volume;
    const mounted = omit(volume, 'kind', 'claim', 'from');
    const size = giText(found.spec?.resources?.requests?.['storage'] ?? '5Gi');
    const accessMode = accessModes.find((mode) => found.spec?.accessModes?.includes(mode)) ?? 'ReadWriteOnce';
    const { storageClassName: storageClass } = found.spec ?? {};
    return { kind: 'new', name: name(claim), size, accessMode, ...(storageClass ? { storageClass } : {}), ...mounted };
  };
  return { ...form, workspace: renew(form.workspace), dataVolumes: form.dataVolumes.map(renew) };
}
