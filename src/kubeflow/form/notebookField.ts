/** Which field of the form a path in a refused Notebook or in its pod is about. Pure. */
import { mountPath, volumesOf } from '../form.ts';
import type { Pair, SpawnForm } from '../form.ts';
import { notebookContainer, podSpec } from '../objects.ts';
import type { Notebook } from '../objects.ts';
import { asList, asRecord, asText } from './kept.ts';

/**
 * @param path as the API server writes it: `spec.template.spec.containers[0].env[2].name`, or from `spec.` on for a pod
 * @param message its sentence, which quotes the value where the path ends at a map
 * @param notebook what was sent; list items are found by what they hold, as a copy has others in between
 */
export function notebookField(
  form: SpawnForm,
  path: string,
  message: string,
  notebook: Notebook | undefined,
): string | undefined {
  if (/metadata\.name$|containers\[\d+\]\.name$/.test(path)) return 'name';
  if (/metadata\.namespace/.test(path)) return 'namespace';
  if (/metadata\.labels/.test(path)) return labelField(form, path, message);
  if (/metadata\.annotations/.test(path)) return pairField('annotations', form.annotations, path, message);
  if (/nodeSelector/.test(path)) return selectorField(form, path, message);
  if (/\.image$/.test(path)) return form.imageMode === 'custom' ? 'customImage' : 'image';
  if (/imagePullPolicy/.test(path)) return 'imagePullPolicy';
  if (/imagePullSecrets/.test(path)) return pullSecretField(form, path, notebook);
  if (/serviceAccount/.test(path)) return 'serviceAccount';
  if (/affinity/.test(path)) return 'affinityGroup';
  if (/tolerations/.test(path)) return 'tolerationGroup';
  if (/volumeMounts/.test(path)) return mountField(form, path, notebook, message);
  if (/volumes/.test(path)) return volumeField(form, path, notebook);
  if (/\.envFrom\[/.test(path)) return envFromField(form, path, notebook);
  if (/\.env\[/.test(path)) return envField(form, path, notebook);
  if (/resources/.test(path)) return resourceField(form, path, message);
  return undefined;
}

/** The number in `list[2]`; undefined where the path names none. */
function indexIn(path: string, list: string): number | undefined {
  const [, index] = new RegExp(`\\b${list}\\[(\\d+)\\]`).exec(path) ?? [];
  return index === undefined ? undefined : Number(index);
}

/** The item of the sent object that the path names. */
function itemIn(items: unknown, index: number | undefined): Record<string, unknown> {
  return asRecord(index === undefined ? undefined : asList(items)[index]);
}

/** Of the lines that hold the text, the first; the list itself where none does. */
function at(list: string, index: number, part: string): string {
  return index < 0 ? list : `${list}.${index}.${part}`;
}

/** A map's entry, by the key in the path's brackets, or by the key or value that the sentence quotes. */
function pairField(list: string, pairs: readonly Pair[], path: string, message: string): string {
  const [, key] = /\[([^\]]+)\]$/.exec(path) ?? [];
  const quoted = key ?? /Invalid value: "((?:[^"\\]|\\.)*)"/.exec(message)?.[1];
  const byKey = pairs.findIndex((pair) => pair.key.trim() === quoted);
  if (byKey >= 0) return at(list, byKey, key === undefined ? 'key' : 'value');
  const byValue = pairs.findIndex((pair) => pair.value === quoted);
  return at(list, byValue, 'value');
}

function labelField(form: SpawnForm, path: string, message: string): string | undefined {
  const field = pairField('labels', form.labels, path, message);
  if (field !== 'labels') return field;
  if (form.configurations.some((label) => message.includes(label))) return 'configurations';
  // The form's own label is the server's name.
  return form.labels.length > 0 ? field : 'name';
}

function selectorField(form: SpawnForm, path: string, message: string): string {
  const field = pairField('nodeSelector', form.nodeSelector, path, message);
  const { key, value } = form.gpuModel;
  const isModel =
    field === 'nodeSelector' && value.trim() !== '' && [key, value].some((text) => message.includes(text));
  return isModel ? 'gpuModel' : field;
}

function pullSecretField(form: SpawnForm, path: string, notebook: Notebook | undefined): string {
  const spec = asRecord(notebook && podSpec(notebook));
  const index = indexIn(path, 'imagePullSecrets');
  const name = asText(itemIn(spec['imagePullSecrets'], index)['name']);
  const found = form.imagePullSecrets.findIndex((one) => one.trim() === name);
  return found < 0 ? 'imagePullSecrets' : `imagePullSecrets.${found}`;
}

function mountField(form: SpawnForm, path: string, notebook: Notebook | undefined, message = ''): string {
  const container = asRecord(notebook && notebookContainer(notebook));
  const mount = itemIn(container['volumeMounts'], indexIn(path, 'volumeMounts'));
  const where = asText(mount['mountPath']);
  const part = /subPath/.test(path) ? 'subPath' : 'mountPath';
  const placed = volumesOf(form).find(({ at: place, volume }) => {
    if (volume.kind === 'none') return false;
    // Kubernetes writes no index before subPath.
    if (part === 'subPath') return message.includes(JSON.stringify(volume.subPath?.trim() ?? ''));
    return mountPath(form, { at: place, volume }) === where;
  });
  if (placed) return `${placed.at}.${part}`;
  const files = form.secretFiles.findIndex((one) => one.mountPath.trim() === where);
  return files < 0 ? 'workspace.mountPath' : `secretFiles.${files}.mountPath`;
}

/** A pod's volume is the form's by where it is mounted. */
function volumeField(form: SpawnForm, path: string, notebook: Notebook | undefined): string | undefined {
  const spec = asRecord(notebook && podSpec(notebook));
  const volume = itemIn(spec['volumes'], indexIn(path, 'volumes'));
  if (/emptyDir/.test(path)) return 'shmSize';
  const mounts = asList(asRecord(notebook && notebookContainer(notebook))['volumeMounts']);
  const index = mounts.findIndex((mount) => mount['name'] === volume['name']);
  if (index < 0) return undefined;
  const field = mountField(form, `volumeMounts[${index}]`, notebook);
  const placed = volumesOf(form).find((one) => field.startsWith(`${one.at}.`));
  if (!placed) return field.replace(/mountPath$/, 'secret');
  return placed.volume.kind === 'existing'
    ? `${placed.at}.claim`
    : placed.volume.kind === 'new'
      ? `${placed.at}.name`
      : placed.at;
}

function envField(form: SpawnForm, path: string, notebook: Notebook | undefined): string {
  const container = asRecord(notebook && notebookContainer(notebook));
  const index = indexIn(path, 'env') ?? -1;
  const name = asText(itemIn(container['env'], index)['name']);
  const found = notebook ? form.env.findIndex((one) => one.name.trim() === name) : index;
  const one = form.env[found];
  if (!one) return 'env';
  if (/KeyRef\.key$/.test(path)) return `env.${found}.key`;
  if (/KeyRef/.test(path) && (one.kind === 'secret' || one.kind === 'configMap')) return `env.${found}.${one.kind}`;
  return /\.value$/.test(path) ? `env.${found}.value` : `env.${found}.name`;
}

function envFromField(form: SpawnForm, path: string, notebook: Notebook | undefined): string {
  const container = asRecord(notebook && notebookContainer(notebook));
  const index = indexIn(path, 'envFrom') ?? -1;
  const source = itemIn(container['envFrom'], index);
  const name = asText(asRecord(source['secretRef'] ?? source['configMapRef'])['name']);
  const found = notebook ? form.envFrom.findIndex((one) => one.name.trim() === name) : index;
  return at('envFrom', found, /prefix$/.test(path) ? 'prefix' : 'name');
}

/** Where a request is over its limit, the path ends at the map, and the sentence names the resource. */
function resourceField(form: SpawnForm, path: string, message: string): string {
  const [, over] = /less than or equal to (\S+) limit/.exec(message) ?? [];
  if (over === 'cpu' || over === 'memory') return form[`${over}Limit`].trim() === '' ? over : `${over}Limit`;
  for (const resource of ['cpu', 'memory'] as const) {
    if (!new RegExp(`(limits|requests)[.[]+${resource}`).test(path)) continue;
    return /limits/.test(path) && form[`${resource}Limit`].trim() !== '' ? `${resource}Limit` : resource;
  }
  const [, key = ''] = /(?:limits|requests)\[?\.?([^\]]+)\]?$/.exec(path) ?? [];
  return gpuField(form, key);
}

/** The line of an extended resource; the first one where the key is on none. */
export function gpuField({ gpus }: Pick<SpawnForm, 'gpus'>, key: string): string {
  const index = gpus.findIndex((one) => one.key.trim() === key);
  return `gpus.${Math.max(0, index)}.count`;
}
