/** What can be chosen by name in a namespace, as far as it could be listed. Pure. */
import type { SecretOption, SpawnOptions } from '../../src/kubeflow/form.ts';
import { pullSecretTypes } from '../../src/kubeflow/form/objectFindings.ts';
import type { Choice } from '../controls.ts';

export type Choices = (options: SpawnOptions, namespace: string) => Choice[];

/** Secrets that other programs keep their own things in: nobody looks for them, so they come last. */
const ownTypes = /^(helm\.sh\/|kubernetes\.io\/(service-account-token|dockercfg|dockerconfigjson)$|bootstrap\.)/;

/** Every secret that can be a variable or files: the people's own first. */
export function secretChoices(options: SpawnOptions, namespace: string): Choice[] {
  const all = options.secrets?.[namespace] ?? [];
  const own = ({ type }: SecretOption): boolean => ownTypes.test(type);
  return named([...all.filter((one) => !own(one)), ...all.filter(own)].map(({ name }) => name));
}

/** The secrets that images can be pulled with. */
export function pullSecretChoices(options: SpawnOptions, namespace: string): Choice[] {
  const all = options.secrets?.[namespace] ?? [];
  return named(all.filter(({ type }) => pullSecretTypes.includes(type)).map(({ name }) => name));
}

export function configMapChoices(options: SpawnOptions, namespace: string): Choice[] {
  return named(options.configMaps?.[namespace] ?? []);
}

export function serviceAccountChoices(options: SpawnOptions, namespace: string): Choice[] {
  return named(options.serviceAccounts?.[namespace] ?? []);
}

/** The keys of a config map that has been read. */
export function keyChoices(configMap: () => string): Choices {
  return (options, namespace) => named(options.configMapKeys?.[namespace]?.[configMap().trim()] ?? []);
}

function named(names: readonly string[]): Choice[] {
  return names.map((value) => ({ value, label: value }));
}
