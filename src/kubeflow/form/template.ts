/**
 * A template: a part of the form under a name, as a file that people read and review. What it does not say is left to the
 * cluster's own defaults. As text: templateParse.ts and templateText.ts, schemas/notebook-template.schema.json. Pure.
 */
import type { ServerType, SpawnForm, SpawnOptions } from '../form.ts';
import { defaultForm, freeName, withServerType } from './defaultForm.ts';
import { imageSection } from './spawnerConfig.ts';

/** What a template may say of the form: all but where the server runs and what it is called. */
export type TemplateFields = Partial<Omit<SpawnForm, 'namespace' | 'name' | 'imageMode' | 'image' | 'customImage'>>;

export interface Template {
  name?: string;
  description?: string;
  /** Listed or not: which of them it is depends on the cluster. */
  image?: string;
  fields: TemplateFields;
}

/** What a template says it is written in. */
export const templateVersion = 'kubeflow-notebooks/v1';

/** Of each file, in bytes: a template is a page. */
export const maxTemplateSize = 64 * 1024;

/** The types of servers as a template names them. */
export const typeNames: Readonly<Record<ServerType, string>> = {
  jupyter: 'jupyter',
  'group-one': 'vscode',
  'group-two': 'rstudio',
};

/**
 * The form that a template stands for in a namespace: what it says laid over the cluster's defaults, under a free name.
 * Values of variables are those that the configuration has, else empty, as no template holds any.
 */
export function formFrom({ image, fields }: Template, o: SpawnOptions, namespace?: string): SpawnForm {
  const start = defaultForm(o, { namespace });
  // Never another one than was asked for: the cluster will say so if it is gone.
  if (namespace !== undefined) start.namespace = namespace;
  const typed = withServerType(start, fields.serverType ?? start.serverType, o);
  const form: SpawnForm = { ...typed, ...structuredClone(fields), ...chosenImage(typed, image, o) };
  form.gpus = form.gpus.length > 0 ? form.gpus : start.gpus.map(({ key }) => ({ key, count: '0' }));
  form.gpuModel = fields.gpuModel ?? start.gpuModel;
  form.env = form.env.map((one) => {
    const known = start.env.find((other) => other.kind === 'value' && other.name === one.name);
    return one.kind === 'value' && one.value === '' && known ? { ...one, ...known } : one;
  });
  form.name = freeName(form.namespace, o, form);
  return form;
}

function chosenImage(
  form: SpawnForm,
  image: string | undefined,
  { config }: SpawnOptions,
): Pick<SpawnForm, 'imageMode' | 'image' | 'customImage'> {
  const { image: first, imageMode, customImage } = form;
  if (image === undefined) return { imageMode, image: first, customImage };
  const { value, options } = imageSection(config, form.serverType);
  return image === value || options.includes(image)
    ? { imageMode: 'list', image, customImage: '' }
    : { imageMode: 'custom', image: first, customImage: image };
}

/** The variables whose values somebody has to type before this can be launched. */
export function variablesToFill(form: SpawnForm): string[] {
  return form.env.flatMap((one) => (one.kind === 'value' && one.value === '' ? [one.name] : []));
}
