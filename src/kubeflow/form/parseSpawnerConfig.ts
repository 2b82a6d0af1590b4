/**
 * Reads Kubeflow's spawner_ui_config.yaml. Tolerant: a section that is odd is told of and left to the next source, and the
 * rest holds. Pure; not for the webview, which gets what came out of it.
 */
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { Kept } from '../form.ts';
import { pullPolicies } from '../form.ts';
import { asRecord, asText } from './kept.ts';
import { parseVolume } from './parseVolumeSection.ts';
import { gpuCountText, sizeText } from './parseSizes.ts';
import type { ImageSection, SectionName, SizeSection, SpawnerConfig } from './spawnerConfig.ts';

/** Something that could not be used. 'unknownSection' harms nothing; of 'badValue' the next source's section holds. */
export interface ConfigProblem {
  section: string;
  code: 'notYaml' | 'noDefaults' | 'unknownSection' | 'badValue';
  /** The line, from 1, where it is known. */
  line?: number;
}

export interface ParsedConfig {
  config: Partial<SpawnerConfig>;
  problems: ConfigProblem[];
}

/** Thrown and caught here only: this section is of no use. */
class Odd extends Error {}

/** The sections that the text has. Only what is below `spawnerFormDefaults` counts. */
export function parseSpawnerConfig(text: string): ParsedConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const found = contentOf(document);
  if (!found) return failed('notYaml', document.errors[0]?.linePos?.[0].line);
  const defaults = asRecord(found.content)['spawnerFormDefaults'];
  if (typeof defaults !== 'object' || defaults === null || Array.isArray(defaults)) return failed('noDefaults');
  const lineOf = sectionLines(document, lines);
  const config: Partial<SpawnerConfig> = {};
  const problems: ConfigProblem[] = [];
  for (const [section, value] of Object.entries(defaults)) {
    const read = Object.hasOwn(readers, section) ? readers[section as SectionName] : undefined;
    const tell = (code: ConfigProblem['code']): void => void problems.push(problem(section, code, lineOf(section)));
    if (!read) {
      tell('unknownSection');
      continue;
    }
    try {
      Object.assign(config, { [section]: read(value) });
    } catch (error) {
      if (!(error instanceof Odd)) throw error;
      tell('badValue');
    }
  }
  return { config, problems };
}

function problem(section: string, code: ConfigProblem['code'], line: number | undefined): ConfigProblem {
  return { section, code, ...(line === undefined ? {} : { line }) };
}

function failed(code: ConfigProblem['code'], line?: number): ParsedConfig {
  return { config: {}, problems: [problem('', code, line)] };
}

/** What the document says; undefined where it is no YAML, or names an anchor that it does not have. */
function contentOf(document: Document): { content: unknown } | undefined {
  if (document.errors.length > 0) return undefined;
  try {
    return { content: document.toJS() as unknown };
  } catch (error) {
    // So the library says that an alias leads nowhere, or that aliases make a small text a huge one.
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

/** Where each section begins. */
function sectionLines(document: Document, lines: LineCounter): (section: string) => number | undefined {
  const defaults = document.get('spawnerFormDefaults', true);
  const items = isMap(defaults) ? defaults.items : [];
  return (section) => {
    const key = items.map((item) => item.key).find((one) => isScalar(one) && String(one.value) === section);
    const at = isScalar(key) ? key.range?.[0] : undefined;
    return at === undefined ? undefined : lines.linePos(at).line;
  };
}

const readers: { [K in SectionName]: (value: unknown) => SpawnerConfig[K] } = {
  allowCustomImage: flag,
  hideRegistry: flag,
  hideTag: flag,
  imagePullPolicy: (value) => {
    const policy = pullPolicies.find((one) => one === record(value)['value']);
    return { ...marks(value), value: policy ?? odd() };
  },
  image,
  imageGroupOne: image,
  imageGroupTwo: image,
  cpu: (value) => size(value, 'cpu'),
  memory: (value) => size(value, 'memory'),
  gpus: (section) => {
    const value = asRecord(record(section)['value']);
    const vendors = list(value['vendors']).map((vendor) => {
      const key = given(vendor['limitsKey']);
      return { key, label: asText(vendor['uiName']) || key };
    });
    return { ...marks(section), vendors, key: asText(value['vendor']), count: gpuCountText(value['num']) ?? odd() };
  },
  workspaceVolume: (section) => {
    if (!('value' in record(section))) odd();
    return { ...marks(section), value: parseVolume(record(section)['value'], 'workspace') ?? odd() };
  },
  dataVolumes: (section) => {
    const value = list(record(section)['value']).map((one) => parseVolume(one, 'data') ?? odd());
    return { ...marks(section), value: value.filter(({ kind }) => kind !== 'none') };
  },
  affinityConfig: (section) => {
    const options = list(record(section)['options']).map((option) => {
      const key = given(option['configKey']);
      return { key, label: asText(option['displayName']) || key, affinity: record(option['affinity']) };
    });
    return { ...marks(section, options.length === 0), value: chosen(section), options };
  },
  tolerationGroup: (section) => {
    const options = list(record(section)['options']).map((option) => {
      const key = given(option['groupKey']);
      return { key, label: asText(option['displayName']) || key, tolerations: list(option['tolerations']) };
    });
    return { ...marks(section, options.length === 0), value: chosen(section), options };
  },
  shm: (section) => ({ ...marks(section), value: flag(record(section)['value']) }),
  configurations: (section) => {
    const { value } = record(section);
    if (value !== undefined && value !== null && !Array.isArray(value)) odd();
    return { ...marks(section), value: ((value ?? []) as unknown[]).map(given) };
  },
  environment: (section) => {
    const { value } = record(section);
    const entries = Object.entries(value === undefined || value === null ? {} : record(value));
    return { ...marks(section), value: Object.fromEntries(entries.map(([key, one]) => [key, asText(one)])) };
  },
};

function image(section: unknown): ImageSection {
  const { value, options } = record(section);
  if (options !== undefined && options !== null && !Array.isArray(options)) odd();
  const listed = ((options ?? []) as unknown[]).map((one) => given(one).trim());
  const first = asText(value).trim() || listed[0] || odd();
  return { ...marks(section), value: first, options: listed.includes(first) ? listed : [first, ...listed] };
}

function size(section: unknown, resource: 'cpu' | 'memory'): SizeSection {
  const { value, limitFactor } = record(section);
  const text = sizeText(resource, value) ?? odd();
  if (limitFactor === undefined || limitFactor === null || limitFactor === 'none') {
    return { ...marks(section), value: text, limitFactor: undefined };
  }
  const factor = typeof limitFactor === 'boolean' || asText(limitFactor).trim() === '' ? NaN : Number(limitFactor);
  // Less than the request is what the API server refuses.
  if (!(factor >= 1 && factor < 1000)) odd();
  return { ...marks(section), value: text, limitFactor: factor };
}

/** "none" is the Jupyter Web App's word for no group. */
function chosen(section: unknown): string {
  const value = asText(record(section)['value']);
  return value === 'none' ? '' : value;
}

function marks(section: unknown, hidden = false): { readOnly: boolean; hidden: boolean } {
  const found = record(section);
  return { readOnly: found['readOnly'] === true, hidden: found['hidden'] === true || hidden };
}

function flag(value: unknown): boolean {
  return typeof value === 'boolean' ? value : odd();
}

function given(value: unknown): string {
  return asText(value) || odd();
}

function record(value: unknown): Kept {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Kept) : odd();
}

function list(value: unknown): Kept[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(record) : odd();
}

function odd(): never {
  throw new Odd();
}
