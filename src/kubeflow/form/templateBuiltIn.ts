/** Templates that nobody had to write: made of what the cluster offers and its administrator allows. Pure. */
import type { SpawnOptions } from '../form.ts';
import { parseCount, parseCpu, parseGi } from '../quantity.ts';
import type { SpawnerConfig } from './spawnerConfig.ts';
import { isHidden, isLocked } from './spawnerConfig.ts';
import type { Template } from './template.ts';

export type BuiltIn = { template: Template } & (
  { id: 'small' } | { id: 'large' } | { id: 'gpu'; vendor: { key: string; label: string } }
);

/** What a large server asks for. Where the administrator's own size is larger, that. */
const large = { cpu: '4', memory: '16' };

/** How the images of a vendor's frameworks are told from others. */
const imagesFor: readonly [key: RegExp, image: RegExp][] = [
  [/^nvidia\.com\//, /cuda/],
  [/^amd\.com\//, /rocm/],
  [/^(habana\.ai|gpu\.intel\.com)\//, /gaudi|habana|intel/],
];

/**
 * The built-in templates for a namespace: the cluster's own size, a large one, and one GPU of each vendor that is known to
 * be there. What would change something that the administrator has fixed or hidden is not among them.
 */
export function builtInTemplates(o: SpawnOptions, namespace: string): BuiltIn[] {
  const { config } = o;
  const found: BuiltIn[] = [{ id: 'small', template: { fields: { serverType: 'jupyter' } } }];
  const fields = largeSize(config);
  if (Object.keys(fields).length > 0) found.push({ id: 'large', template: { fields: { ...fields } } });
  if (!isFree(config, 'gpus')) return found;
  for (const vendor of vendorsOf(o, namespace)) {
    const image = imageFor(config, vendor.key);
    const gpus = [{ key: vendor.key, count: '1' }];
    found.push({ id: 'gpu', vendor, template: { ...(image ? { image } : {}), fields: { ...fields, gpus } } });
  }
  return found;
}

function isFree(config: SpawnerConfig, field: string): boolean {
  return !isLocked(config, field, 'jupyter') && !isHidden(config, field, 'jupyter');
}

function largeSize(config: SpawnerConfig): { cpu?: string; memory?: string } {
  const more = {
    cpu: isFree(config, 'cpu') && (parseCpu(config.cpu.value) ?? 0) < Number(large.cpu),
    memory: isFree(config, 'memory') && (parseGi(config.memory.value) ?? 0) < Number(large.memory),
  };
  return { ...(more.cpu ? { cpu: large.cpu } : {}), ...(more.memory ? { memory: large.memory } : {}) };
}

/**
 * Where nodes may be read, the vendors that they offer. Else those of which the profile has a quota or a server, else the
 * one that the form begins with: Kubeflow's configuration lists vendors that most clusters do not have.
 */
function vendorsOf({ config, gpuVendors, nodeGpus, quota, servers }: SpawnOptions, namespace: string): Vendor[] {
  const lines = quota[namespace] ?? [];
  const limit = (key: string): number | undefined => lines.find(({ resource }) => resource === `requests.${key}`)?.hard;
  const allowed = gpuVendors.filter(({ key }) => limit(key) !== 0);
  if (nodeGpus) return allowed.filter(({ key }) => (nodeGpus[key]?.total ?? 0) > 0);
  const used = new Set((servers[namespace] ?? []).flatMap((server) => server.gpus.map(({ key }) => key)));
  const seen = allowed.filter(({ key }) => (limit(key) ?? 0) > 0 || used.has(key));
  if (seen.length > 0) return seen;
  const first = allowed.find(({ key }) => key === config.gpus.key) ?? allowed[0];
  return first ? [first] : [];
}
type Vendor = { key: string; label: string };

/** A listed image with the vendor's libraries; none where no name says so, or the image is not to be chosen. */
function imageFor(config: SpawnerConfig, key: string): string | undefined {
  const fits = imagesFor.find(([vendor]) => vendor.test(key))?.[1];
  const { value, options } = config.image;
  if (!fits || !isFree(config, 'image') || fits.test(value)) return undefined;
  return options.find((image) => fits.test(image));
}

/** What a form asks for, in short: cores, Gi, and devices by what the cluster calls them. */
export interface Asked {
  cpu: number | undefined;
  memory: number | undefined;
  devices: { label: string; count: number }[];
}

export function askedBy(
  form: { cpu: string; memory: string; gpus: readonly { key: string; count: string }[] },
  { gpuVendors }: Pick<SpawnOptions, 'gpuVendors'>,
): Asked {
  const devices = form.gpus.flatMap(({ key, count }) => {
    const number = parseCount(count) ?? 0;
    const label = gpuVendors.find((vendor) => vendor.key === key)?.label ?? key;
    return number > 0 ? [{ label, count: number }] : [];
  });
  return { cpu: parseCpu(form.cpu), memory: parseGi(form.memory), devices };
}
