/** A form as the text of a template. Pure; not for the webview. */
import { groupAsFound, imageOf } from '../form.ts';
import type { EnvVariable, Kept, SpawnForm, SpawnOptions } from '../form.ts';
import { defaultForm } from './defaultForm.ts';
import { same, tidy } from './kept.ts';
import { isNoLimit } from './limits.ts';
import { toYaml } from './preview.ts';
import { builtInConfig } from './spawnerConfig.ts';
import { templateVersion, typeNames } from './template.ts';
import { pullDefault } from './templateParse.ts';
import { volumeAsWritten, withGi } from './templateVolumes.ts';

/** What a template is called, and what it is for. */
export interface TemplateTitle {
  name: string;
  description?: string;
}

/** What a key says of a form; undefined where the form says nothing. */
const keys: Record<string, (form: SpawnForm) => unknown> = {
  type: (f) => typeNames[f.serverType],
  image: (f) => imageOf(f) || undefined,
  imagePullPolicy: (f) => f.imagePullPolicy || pullDefault,
  cpu: (f) => number(f.cpu),
  cpuLimit: (f) => limit(f.cpuLimit, number),
  memory: (f) => (f.memory.trim() === '' ? undefined : withGi(f.memory)),
  memoryLimit: (f) => limit(f.memoryLimit, withGi),
  gpus: (f) =>
    mapOf(
      f.gpus.filter(({ count }) => !/^0*$/.test(count.trim())),
      ({ count }) => number(count),
    ),
  gpuModel: ({ gpuModel: { key, value } }) => (value.trim() === '' ? undefined : { label: key, value }),
  workspace: (f) => volumeAsWritten(f.workspace) ?? 'none',
  dataVolumes: (f) => f.dataVolumes.flatMap((volume) => volumeAsWritten(volume) ?? []),
  sharedMemory: (f) => (f.shm && f.shmSize.trim() !== '' ? withGi(f.shmSize) : f.shm),
  // A group of a server that no option stands for is not of this cluster's choice, so it means nothing elsewhere.
  affinityGroup: (f) => (f.affinityGroup === groupAsFound ? '' : f.affinityGroup),
  tolerationGroup: (f) => (f.tolerationGroup === groupAsFound ? '' : f.tolerationGroup),
  configurations: (f) => f.configurations,
  environment: (f) => f.env.map(variable),
  environmentFrom: (f) =>
    f.envFrom.map(({ kind, name, prefix, optional }) => ({ ...tidy({ [kind]: name, prefix }), ...flag(optional) })),
  secretFiles: (f) => f.secretFiles.map(({ secret, mountPath }) => ({ secret, mountPath })),
  imagePullSecrets: (f) => f.imagePullSecrets.filter((name) => name.trim() !== ''),
  nodeSelector: (f) => mapOf(f.nodeSelector, ({ value }) => value),
  serviceAccount: (f) => f.serviceAccount,
  labels: (f) => mapOf(f.labels, ({ value }) => value),
  annotations: (f) => mapOf(f.annotations, ({ value }) => value),
};

/** What every template says, so that it makes the same server where other defaults hold. */
const always: ReadonlySet<string> = new Set(['type', 'image', 'cpu', 'memory', 'workspace']);

/**
 * A form as a template: without the server's name, its namespace, and the values of variables. What is as it is in an
 * untouched form, here as on a cluster where nobody has set anything, is left out.
 */
export function templateText(form: SpawnForm, o: SpawnOptions, title: TemplateTitle): string {
  const here = defaultForm(o);
  const anywhere = defaultForm({ ...o, config: builtInConfig() });
  const said = Object.entries(keys).flatMap(([key, of]) => {
    const value = of(form);
    const usual = same(value, of(here)) && same(value, of(anywhere));
    return value === undefined || (usual && !always.has(key)) ? [] : [[key, value] as const];
  });
  const { name, description } = title;
  const text: Kept = { apiVersion: templateVersion, name, ...(description ? { description } : {}) };
  return toYaml({ ...text, ...Object.fromEntries(said) });
}

function variable(one: EnvVariable): Kept {
  const { name } = one;
  switch (one.kind) {
    case 'value':
      return { name };
    case 'custom':
      return { name, source: one.source };
    case 'secret':
      return { name, secret: { name: one.secret, key: one.key, ...flag(one.optional) } };
    case 'configMap':
      return { name, configMap: { name: one.configMap, key: one.key, ...flag(one.optional) } };
  }
}

function flag(optional: boolean | undefined): { optional?: boolean } {
  return optional === undefined ? {} : { optional };
}

/** As a number where that reads the same. */
function number(typed: string): string | number | undefined {
  const text = typed.trim();
  if (text === '') return undefined;
  return String(Number(text)) === text ? Number(text) : text;
}

function limit(typed: string, amount: (text: string) => unknown): unknown {
  if (typed.trim() === '') return undefined;
  return isNoLimit(typed) ? 'none' : amount(typed);
}

function mapOf<T extends { key: string }>(entries: readonly T[], value: (one: T) => unknown): Record<string, unknown> {
  return Object.fromEntries(entries.filter(({ key }) => key.trim() !== '').map((one) => [one.key.trim(), value(one)]));
}
