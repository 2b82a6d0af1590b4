/**
 * What a link may say of a form, and how. Left out is whatever holds secrets or hands them to the server's image: variables,
 * secrets, accounts, configurations, volumes that exist or come from elsewhere; and labels, which other programs act upon.
 * Pure.
 */
import { accessModes, defaultServiceAccount, newVolume, pullPolicies, volumesOf } from '../form.ts';
import type { NewVolume, Pair, ResourceEntry, ServerType, SpawnForm, VolumeChoice } from '../form.ts';
import { isImageReference, isLabel, isLabelValue, isMountPath, isObjectName, isQualifiedName } from '../form/syntax.ts';
import { gpuModelLabels } from '../form/readBack.ts';
import { isServerName, maxNameLength } from '../form/syntax.ts';
import type { Reader } from './reader.ts';

const types: Readonly<Record<ServerType, string>> = { jupyter: 'jupyter', 'group-one': 'code', 'group-two': 'rstudio' };
const none = 'none';
const mostVolumes = 20;
const mostDevices = 20;

type Check = (text: string) => boolean;
const isSize: Check = (text) => /^[0-9.]{1,16} ?[A-Za-z]{0,2}$/.test(text);
const isLimit: Check = (text) => text.toLowerCase() === none || isSize(text);
const isGroup: Check = (text) => text !== '' && isLabelValue(text);
const isImage: Check = (text) => isImageReference(text);
const isClaimTemplate: Check = (text) => isLabel(text.replaceAll('{notebook-name}', 'x'));
const isPathTemplate: Check = (text) =>
  text.length <= 512 && isMountPath(text.replaceAll('{notebook-name}', 'x').replaceAll('{volume-name}', 'x'));

/** Fields that are a text, under their own names. */
const texts = {
  cpu: isSize,
  cpuLimit: isLimit,
  memory: isSize,
  memoryLimit: isLimit,
  shmSize: isSize,
  affinityGroup: isGroup,
  tolerationGroup: isGroup,
} as const satisfies Partial<Record<keyof SpawnForm, Check>>;

/** The form's fields as a link says them, as far as it may. */
export function fieldsOf(form: SpawnForm): [string, string][] {
  const found: [string, string][] = [];
  const say = (key: string, value: string, accepts: Check = () => true): void => {
    const text = value.trim();
    if (text !== '' && accepts(text)) found.push([key, text]);
  };
  say('name', form.name, (text) => text.length <= maxNameLength && isServerName(text));
  say('type', types[form.serverType]);
  if (form.imageMode === 'custom') say('customImage', form.customImage, isImage);
  else say('image', form.image, isImage);
  say('pull', form.imagePullPolicy === '' ? 'default' : form.imagePullPolicy);
  for (const [key, accepts] of Object.entries(texts)) say(key, form[key as keyof typeof texts], accepts);
  say('gpus', form.gpus.filter(isDevice).map(deviceText).join(','));
  if (form.gpuModel.value !== '' && isModel(form.gpuModel)) say('gpuModel', modelText(form.gpuModel));
  say('shm', String(form.shm));
  for (const { at, volume } of volumesOf(form)) {
    if (volume.kind === 'new') found.push(...volumePairs(at, volume));
    else if (volume.kind === 'none' && at === 'workspace') say(at, none);
  }
  if (form.dataVolumes.length === 0) say('data', none);
  return found;
}

/** Does the form hold something that its link does not say? */
export function leftOut(form: SpawnForm): boolean {
  const { env, envFrom, secretFiles, imagePullSecrets, nodeSelector, labels, annotations, configurations } = form;
  const lists = [env, envFrom, secretFiles, imagePullSecrets, nodeSelector, labels, annotations, configurations];
  const foreign = volumesOf(form).some(({ volume }) => volume.kind === 'existing' || volume.kind === 'custom');
  return foreign || form.serviceAccount.trim() !== defaultServiceAccount || lists.some((list) => list.length > 0);
}

/** What a link says of the form; what it does not say is not in it. */
export function readFields(reader: Reader): Partial<SpawnForm> {
  const form: Partial<SpawnForm> = {};
  const name = reader.get('name', (text) => text.length <= maxNameLength && isServerName(text));
  if (name !== undefined) form.name = name;
  const type = reader.get('type', (text) => Object.values(types).includes(text));
  if (type !== undefined) form.serverType = (Object.keys(types) as ServerType[]).find((key) => types[key] === type);
  const image = reader.get('image', isImage);
  if (image !== undefined) Object.assign(form, { imageMode: 'list', image });
  const customImage = reader.get('customImage', isImage);
  if (customImage !== undefined) Object.assign(form, { imageMode: 'custom', customImage });
  // The other one would wait behind the tick of a box, and nobody would have been asked about it.
  if (image !== undefined && customImage !== undefined) reader.refuse('customImage');
  const pull = reader.get('pull', (text) => text === 'default' || (pullPolicies as readonly string[]).includes(text));
  if (pull !== undefined) form.imagePullPolicy = pullPolicies.find((policy) => policy === pull) ?? '';
  for (const [key, accepts] of Object.entries(texts)) {
    const text = reader.get(key, accepts);
    if (text !== undefined) form[key as keyof typeof texts] = text;
  }
  const gpus = readDevices(reader);
  if (gpus) form.gpus = gpus;
  const gpuModel = readModel(reader);
  if (gpuModel) form.gpuModel = gpuModel;
  const shm = reader.get('shm', (text) => text === 'true' || text === 'false');
  if (shm !== undefined) form.shm = shm === 'true';
  const workspace = readVolume(reader, 'workspace');
  if (workspace) form.workspace = workspace;
  const dataVolumes = readData(reader);
  if (dataVolumes) form.dataVolumes = dataVolumes;
  return form;
}

function isDevice({ key, count }: ResourceEntry): boolean {
  return isQualifiedName(key.trim()) && isSize(count.trim());
}

function deviceText({ key, count }: ResourceEntry): string {
  return `${key.trim()}:${count.trim()}`;
}

function readDevices(reader: Reader): ResourceEntry[] | undefined {
  const split = (text: string): ResourceEntry[] =>
    text.split(',').map((one) => {
      const [key = '', count = '', ...rest] = one.split(':');
      return { key, count: rest.length > 0 ? '' : count };
    });
  const text = reader.get('gpus', (value) => split(value).length <= mostDevices && split(value).every(isDevice));
  return text === undefined ? undefined : split(text);
}

function isModel({ key, value }: Pair): boolean {
  // Another label would choose the node.
  return gpuModelLabels.includes(key) && isGroup(value);
}

function modelText({ key, value }: Pair): string {
  return `${key}:${value}`;
}

function readModel(reader: Reader): Pair | undefined {
  const split = (text: string): Pair => {
    const at = text.indexOf(':');
    return { key: text.slice(0, Math.max(0, at)), value: text.slice(at + 1) };
  };
  const text = reader.get('gpuModel', (value) => isModel(split(value)));
  return text === undefined ? undefined : split(text);
}

function volumePairs(at: string, volume: NewVolume): [string, string][] {
  const { size, mountPath, accessMode, storageClass = '', name } = volume;
  const pairs: [string, string, Check][] = [
    ['size', size, isSize],
    ['mountPath', mountPath, isPathTemplate],
    ['accessMode', accessMode === 'ReadWriteOnce' ? '' : accessMode, () => true],
    ['storageClass', storageClass, isObjectName],
    ['name', name, isClaimTemplate],
  ];
  return pairs
    .map(([key, value, accepts]): [string, string, Check] => [`${at}.${key}`, value.trim(), accepts])
    .filter(([, value, accepts]) => value !== '' && accepts(value))
    .map(([key, value]) => [key, value]);
}

function readVolume(reader: Reader, at: string): VolumeChoice | undefined {
  const isNone = at === 'workspace' && reader.get(at, (text) => text === none) !== undefined;
  const size = reader.get(`${at}.size`, isSize);
  const mountPath = reader.get(`${at}.mountPath`, isPathTemplate);
  const mode = reader.get(`${at}.accessMode`, (text) => (accessModes as readonly string[]).includes(text));
  const storageClass = reader.get(`${at}.storageClass`, isObjectName);
  const name = reader.get(`${at}.name`, isClaimTemplate);
  const said = [size, mountPath, mode, storageClass, name].some((one) => one !== undefined);
  if (isNone) {
    if (said) reader.refuse(at);
    return { kind: 'none' };
  }
  if (!said) return undefined;
  const accessMode = accessModes.find((one) => one === mode);
  return {
    ...newVolume(mountPath, size),
    ...(name === undefined ? {} : { name }),
    ...(accessMode ? { accessMode } : {}),
    ...(storageClass === undefined ? {} : { storageClass }),
  };
}

function readData(reader: Reader): VolumeChoice[] | undefined {
  const isNone = reader.get('data', (text) => text === none) !== undefined;
  const places = [...new Set(reader.keys('data.').flatMap((key) => /^data\.\d{1,2}(?=\.)/.exec(key)?.[0] ?? []))];
  places.sort((a, b) => Number(a.slice('data.'.length)) - Number(b.slice('data.'.length)));
  if (places.length > mostVolumes || (isNone && places.length > 0)) reader.refuse('data');
  const volumes = places.slice(0, mostVolumes).flatMap((at) => readVolume(reader, at) ?? []);
  return volumes.length > 0 || isNone ? volumes : undefined;
}
