/** Environment variables. What is not changed stays as it is written. Pure. */
import type { EnvFrom, EnvVariable, Kept } from '../form.ts';
import type { Draft } from './draft.ts';
import { asList, same, tidy } from './kept.ts';
import { readSource, readVariable } from './readEnv.ts';

export function writeEnv({ container, form }: Draft): void {
  container['env'] = asBefore(form.env, asList(container['env']), readVariable, variable);
}

export function writeEnvFrom({ container, form }: Draft): void {
  const written = asBefore(form.envFrom, asList(container['envFrom']), readSource, source);
  // A source that the form cannot read is none of its business.
  const others = asList(container['envFrom']).filter((entry) => readSource(entry) === undefined);
  if (written.length + others.length > 0) container['envFrom'] = [...written, ...others];
  else delete container['envFrom'];
}

/** Each item as it stood where one of the same meaning did, else as it is made. */
function asBefore<T>(
  items: readonly T[],
  stood: readonly Kept[],
  read: (entry: Kept) => T | undefined,
  make: (item: T) => Kept,
): Kept[] {
  const left = [...stood];
  return items.map((item) => {
    const at = left.findIndex((entry) => same(read(entry), item));
    return at < 0 ? make(item) : (left.splice(at, 1)[0] ?? make(item));
  });
}

function variable(one: EnvVariable): Kept {
  const name = one.name.trim();
  switch (one.kind) {
    case 'value':
      return { name, value: one.value };
    case 'secret':
      return { name, valueFrom: { secretKeyRef: reference(one.secret, one) } };
    case 'configMap':
      return { name, valueFrom: { configMapKeyRef: reference(one.configMap, one) } };
    case 'custom':
      return { name, valueFrom: structuredClone(one.source) };
  }
}

function reference(name: string, { key, optional }: { key: string; optional?: boolean }): Kept {
  return { name: name.trim(), key: key.trim(), ...(optional === undefined ? {} : { optional }) };
}

function source({ kind, name, prefix, optional }: EnvFrom): Kept {
  const from = { name: name.trim(), ...(optional === undefined ? {} : { optional }) };
  return { ...tidy({ prefix: prefix.trim() }), [`${kind}Ref`]: from };
}
