/** The text of a template, read. Pure. */
import { pullPolicies, serverTypes } from '../form.ts';
import type { EnvFrom, EnvVariable, Kept, Pair, SecretFiles, SpawnForm } from '../form.ts';
import { templateVersion, typeNames } from './template.ts';
import type { Template, TemplateFields } from './template.ts';
import type { TemplateProblem } from './templateProblem.ts';
import { TemplateReader, within } from './templateReader.ts';
import { readVolume } from './templateVolumes.ts';
import { plainOf, treeOf } from './templateYaml.ts';
import type { Tree } from './templateYaml.ts';

/** The pull policy of a template that leaves it to Kubernetes. */
export const pullDefault = 'Default';

type Read = (r: TemplateReader, tree: Tree, field: string) => TemplateFields | undefined;

/** What each key says of the form. */
const fields: Record<string, Read> = {
  type: (r, tree, field) => {
    const name = r.choice(tree, field, Object.values(typeNames));
    return some(
      'serverType',
      serverTypes.find((one) => typeNames[one] === name),
    );
  },
  imagePullPolicy: (r, tree, field) => {
    const policy = r.choice(tree, field, [...pullPolicies, pullDefault]);
    return some('imagePullPolicy', policy === pullDefault ? '' : policy);
  },
  cpu: (r, tree, field) => some('cpu', r.size(tree, field, 'cores')),
  cpuLimit: (r, tree, field) => some('cpuLimit', r.limit(tree, field, 'cores')),
  memory: (r, tree, field) => some('memory', r.size(tree, field, 'memory')),
  memoryLimit: (r, tree, field) => some('memoryLimit', r.limit(tree, field, 'memory')),
  gpus: (r, tree, field) => some('gpus', pairs(r, tree, field, (one, at) => r.count(one, at)).map(counted)),
  gpuModel: (r, tree, field) => some('gpuModel', readModel(r, tree, field)),
  workspace: (r, tree, field) => some('workspace', readVolume(r, tree, field, true)),
  dataVolumes: (r, tree, field) =>
    some(
      'dataVolumes',
      r.list(tree, field, (item, at) => readVolume(r, item, at, false)),
    ),
  sharedMemory: (r, tree, field) => r.sharedMemory(tree, field),
  affinityGroup: (r, tree, field) => some('affinityGroup', r.text(tree, field, true)),
  tolerationGroup: (r, tree, field) => some('tolerationGroup', r.text(tree, field, true)),
  configurations: (r, tree, field) => some('configurations', names(r, tree, field)),
  environment: (r, tree, field) =>
    some(
      'env',
      r.list(tree, field, (item, at) => readVariable(r, item, at)),
    ),
  environmentFrom: (r, tree, field) =>
    some(
      'envFrom',
      r.list(tree, field, (item, at) => readSource(r, item, at)),
    ),
  secretFiles: (r, tree, field) =>
    some(
      'secretFiles',
      r.list(tree, field, (item, at) => readFiles(r, item, at)),
    ),
  imagePullSecrets: (r, tree, field) => some('imagePullSecrets', names(r, tree, field)),
  nodeSelector: (r, tree, field) => some('nodeSelector', texts(r, tree, field)),
  serviceAccount: (r, tree, field) => some('serviceAccount', r.text(tree, field, true)),
  labels: (r, tree, field) => some('labels', texts(r, tree, field)),
  annotations: (r, tree, field) => some('annotations', texts(r, tree, field)),
};

/** Every key that a template may have. */
export const templateKeys: readonly string[] = ['apiVersion', 'name', 'description', 'image', ...Object.keys(fields)];

/** A template, or everything that is wrong with it, in the order of its lines. Never throws. */
export function parseTemplate(text: string): { template: Template } | { problems: TemplateProblem[] } {
  const found = treeOf(text);
  if ('problem' in found) return { problems: [found.problem] };
  const { tree } = found;
  const r = new TemplateReader();
  const keys = r.record(tree, '', ['apiVersion'], templateKeys);
  const version = keys.get('apiVersion');
  if (version && !(version.kind === 'value' && version.value === templateVersion))
    // Of a version to come nothing else can be said.
    return { problems: [{ line: version.line, code: 'version', known: templateVersion }] };
  const template: Template = { fields: {} };
  const own = (key: 'name' | 'description' | 'image'): void => {
    const said = r.text(keys.get(key), key);
    if (said !== undefined) template[key] = said;
  };
  own('name');
  own('description');
  own('image');
  for (const [key, read] of Object.entries(fields)) {
    const value = keys.get(key);
    if (value) Object.assign(template.fields, read(r, value, key));
  }
  const { problems } = r;
  return problems.length > 0 ? { problems: problems.sort((a, b) => a.line - b.line) } : { template };
}

function some<K extends keyof TemplateFields>(key: K, value: SpawnForm[K] | undefined): TemplateFields {
  return value === undefined ? {} : { [key]: value };
}

function counted({ key, value }: Pair): SpawnForm['gpus'][number] {
  return { key, count: value };
}

function pairs(
  r: TemplateReader,
  tree: Tree,
  field: string,
  read: (value: Tree, field: string) => string | undefined,
): Pair[] {
  return (r.entries(tree, field) ?? []).flatMap(({ key, value: one }) => {
    const value = read(one, within(field, key));
    return value === undefined ? [] : [{ key, value }];
  });
}

function texts(r: TemplateReader, tree: Tree, field: string): Pair[] {
  return pairs(r, tree, field, (value, at) => r.text(value, at, true));
}

function names(r: TemplateReader, tree: Tree, field: string): string[] {
  return r.list(tree, field, (item, at) => r.text(item, at));
}

function readModel(r: TemplateReader, tree: Tree, field: string): Pair | undefined {
  const keys = r.record(tree, field, ['label', 'value'], []);
  const key = r.text(keys.get('label'), within(field, 'label'));
  const value = r.text(keys.get('value'), within(field, 'value'));
  return key === undefined || value === undefined ? undefined : { key, value };
}

const variableKinds = ['secret', 'configMap', 'source'] as const;

function readVariable(r: TemplateReader, tree: Tree, field: string): EnvVariable | undefined {
  const written = tree.kind === 'map' ? tree.entries.find(({ key }) => key === 'value') : undefined;
  if (written) return r.report(written.line, { code: 'value', field: within(field, 'value') });
  const keys = r.record(tree, field, ['name'], variableKinds);
  const name = r.text(keys.get('name'), within(field, 'name'));
  const [kind, ...more] = variableKinds.filter((one) => keys.has(one));
  if (more.length > 0) return r.report(tree.line, { code: 'oneOf', field, choices: variableKinds });
  const source = kind && keys.get(kind);
  if (!kind || !source) return name === undefined ? undefined : { kind: 'value', name, value: '' };
  const at = within(field, kind);
  if (kind === 'source') {
    const read = kept(r, source, at);
    return name === undefined || !read ? undefined : { kind: 'custom', name, source: read };
  }
  const parts = r.record(source, at, ['name', 'key'], ['optional']);
  const of = r.text(parts.get('name'), within(at, 'name'));
  const key = r.text(parts.get('key'), within(at, 'key'));
  const optional = r.flag(parts.get('optional'), within(at, 'optional'));
  if (name === undefined || of === undefined || key === undefined) return undefined;
  const rest = { name, key, ...(optional === undefined ? {} : { optional }) };
  return kind === 'secret' ? { kind, secret: of, ...rest } : { kind, configMap: of, ...rest };
}

function readSource(r: TemplateReader, tree: Tree, field: string): EnvFrom | undefined {
  const keys = r.map(tree, field, ['secret', 'configMap', 'prefix', 'optional']);
  const kinds = (['secret', 'configMap'] as const).filter((one) => keys.has(one));
  const [kind] = kinds;
  const optional = r.flag(keys.get('optional'), within(field, 'optional'));
  const prefix = r.text(keys.get('prefix'), within(field, 'prefix'), true) ?? '';
  if (tree.kind !== 'map') return undefined;
  if (!kind || kinds.length > 1) return r.report(tree.line, { code: 'oneOf', field, choices: ['secret', 'configMap'] });
  const name = r.text(keys.get(kind), within(field, kind));
  return name === undefined ? undefined : { kind, name, prefix, ...(optional === undefined ? {} : { optional }) };
}

function readFiles(r: TemplateReader, tree: Tree, field: string): SecretFiles | undefined {
  const keys = r.record(tree, field, ['secret', 'mountPath'], []);
  const secret = r.text(keys.get('secret'), within(field, 'secret'));
  const mountPath = r.text(keys.get('mountPath'), within(field, 'mountPath'));
  return secret === undefined || mountPath === undefined ? undefined : { secret, mountPath };
}

/** A part of an object that the form carries along as it is. */
export function kept(r: TemplateReader, tree: Tree, field: string): Kept | undefined {
  return r.entries(tree, field) && (plainOf(tree) as Kept);
}
