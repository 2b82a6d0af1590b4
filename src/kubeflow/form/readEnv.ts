/** A container's environment as the form has it. Pure. */
import type { EnvFrom, EnvVariable, Kept } from '../form.ts';
import { asList, asRecord, asText } from './kept.ts';

export function readEnv(container: Kept): EnvVariable[] {
  return asList(container['env'])
    .filter((entry) => asText(entry['name']) !== '')
    .map(readVariable);
}

/** One entry of `env`; a source that the form has no fields for is kept as it is. */
export function readVariable(entry: Kept): EnvVariable {
  const name = asText(entry['name']);
  if (entry['valueFrom'] === undefined || entry['valueFrom'] === null) {
    return { kind: 'value', name, value: asText(entry['value']) };
  }
  const source = asRecord(entry['valueFrom']);
  const secret = plainReference(source, 'secretKeyRef');
  if (secret) return { kind: 'secret', name, secret: secret.name, ...secret.at };
  const configMap = plainReference(source, 'configMapKeyRef');
  if (configMap) return { kind: 'configMap', name, configMap: configMap.name, ...configMap.at };
  return { kind: 'custom', name, source: structuredClone(source) };
}

function plainReference(
  source: Kept,
  kind: 'secretKeyRef' | 'configMapKeyRef',
): { name: string; at: { key: string; optional?: boolean } } | undefined {
  const found = asRecord(source[kind]);
  if (Object.keys(source).length !== 1 || asText(found['name']) === '') return undefined;
  const { optional } = found;
  const at = { key: asText(found['key']), ...(typeof optional === 'boolean' ? { optional } : {}) };
  return { name: asText(found['name']), at };
}

export function readEnvFrom(container: Kept): EnvFrom[] {
  return asList(container['envFrom']).flatMap((entry) => readSource(entry) ?? []);
}

/** One entry of `envFrom`, or undefined where it is neither a Secret nor a ConfigMap. */
export function readSource(entry: Kept): EnvFrom | undefined {
  const kind = entry['secretRef'] ? 'secret' : 'configMap';
  const found = asRecord(entry[`${kind}Ref`]);
  const name = asText(found['name']);
  if (name === '') return undefined;
  const { optional } = found;
  return { kind, name, prefix: asText(entry['prefix']), ...(typeof optional === 'boolean' ? { optional } : {}) };
}
