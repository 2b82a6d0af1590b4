/** Whether two forms mean the same. Pure. */
import { claimName, imageOf, mountPath, volumesOf } from '../form.ts';
import type { Pair, SpawnForm, VolumeChoice } from '../form.ts';
import { giQuantity, parseCpu, plain } from '../quantity.ts';
import { omit, same, tidy } from './kept.ts';
import { limitQuantity } from './limits.ts';
import type { SpawnerConfig } from './spawnerConfig.ts';
import { entriesOf, labelsOf } from './writeMeta.ts';
import { selectorOf } from './writePlacement.ts';
import { amountsOf } from './writeResources.ts';

/** Do these make the same server, however they are typed: "512Mi" or "0.5", a name by default or by hand? */
export function sameForm(a: SpawnForm, b: SpawnForm, config: SpawnerConfig): boolean {
  return same(normalForm(a, config), normalForm(b, config));
}

/**
 * The form with everything said that is left to defaults, in one spelling and one order: only for comparing. Every volume
 * is a data volume in it, as which of them is the workspace makes no difference to the server.
 */
export function normalForm(form: SpawnForm, config: SpawnerConfig): SpawnForm {
  const size = (text: string): string => (text.trim() === '' ? '' : giQuantity(text));
  return {
    ...form,
    name: form.name.trim(),
    imageMode: 'custom',
    image: '',
    customImage: imageOf(form),
    cpu: form.cpu.trim() === '' ? '' : plain(parseCpu(form.cpu) ?? 0),
    cpuLimit: limitQuantity('cpu', form, config) ?? 'none',
    memory: size(form.memory),
    memoryLimit: limitQuantity('memory', form, config) ?? 'none',
    gpus: pairsOf(amountsOf(form.gpus)).map(({ key, value }) => ({ key, count: value })),
    gpuModel: { key: '', value: '' },
    nodeSelector: pairsOf(selectorOf(form)),
    workspace: { kind: 'none' },
    dataVolumes: volumesOf(form)
      .filter(({ volume }) => volume.kind !== 'none')
      .map((placed) => normalVolume(form, placed)),
    shmSize: form.shm ? size(form.shmSize) : '',
    configurations: [],
    labels: pairsOf(labelsOf(form)),
    annotations: pairsOf(entriesOf(form.annotations)),
    env: form.env.map((one) => ({ ...one, name: one.name.trim() })),
    envFrom: form.envFrom.map((one) => ({ ...one, name: one.name.trim(), prefix: one.prefix.trim() })),
    secretFiles: form.secretFiles.map((one) => ({ secret: one.secret.trim(), mountPath: one.mountPath.trim() })),
    imagePullSecrets: form.imagePullSecrets.map((name) => name.trim()).filter((name) => name !== ''),
    serviceAccount: form.serviceAccount.trim(),
  };
}

function normalVolume(form: SpawnForm, placed: { at: string; volume: VolumeChoice }): VolumeChoice {
  const { volume } = placed;
  if (volume.kind === 'none') return volume;
  const path = mountPath(form, placed);
  const rest = { ...tidy(omit(volume, 'from')), mountPath: path };
  if (volume.kind !== 'new') return rest as VolumeChoice;
  return { ...rest, name: claimName(form, placed), size: giQuantity(volume.size) } as VolumeChoice;
}

function pairsOf(map: Record<string, unknown>): Pair[] {
  return Object.entries(map)
    .map(([key, value]) => ({ key, value: String(value) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
