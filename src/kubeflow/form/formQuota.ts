/** What a form asks for against what the namespace's quota has left. Pure. */
import { imageOf, volumesOf } from '../form.ts';
import type { QuotaLine, SpawnForm, SpawnOptions } from '../form.ts';
import type { Edit } from './editFindings.ts';
import type { Finding } from './finding.ts';
import { limitAmount } from './limits.ts';
import type { SpawnerConfig } from './spawnerConfig.ts';
import { amountOf, gi, parseCount, parseCpu, parseGi } from '../quantity.ts';

/** What a form asks for by quota resource, in bytes, cores and pieces. A field that cannot be read asks for nothing. */
export function asked(
  form: SpawnForm,
  config: SpawnerConfig,
): Record<string, { amount: number; field: string; key?: string }> {
  const cpu = parseCpu(form.cpu) ?? 0;
  const memory = parseGi(form.memory) ?? 0;
  const fresh = volumesOf(form).flatMap(({ at, volume }) => (volume.kind === 'new' ? [{ at, volume }] : []));
  const storage = fresh.reduce((sum, { volume }) => sum + (parseGi(volume.size) ?? 0), 0);
  const place = fresh[0]?.at ?? 'workspace';
  return {
    cpu: { amount: cpu, field: 'cpu' },
    'requests.cpu': { amount: cpu, field: 'cpu' },
    'limits.cpu': { amount: limitAmount('cpu', form, config) ?? 0, field: 'cpu' },
    memory: { amount: memory * gi, field: 'memory' },
    'requests.memory': { amount: memory * gi, field: 'memory' },
    'limits.memory': { amount: (limitAmount('memory', form, config) ?? 0) * gi, field: 'memory' },
    ...askedResources(form),
    'requests.storage': { amount: storage * gi, field: `${place}.size` },
    persistentvolumeclaims: { amount: fresh.length, field: place },
    'count/persistentvolumeclaims': { amount: fresh.length, field: place },
    pods: { amount: imageOf(form) === '' ? 0 : 1, field: 'name' },
    'count/pods': { amount: imageOf(form) === '' ? 0 : 1, field: 'name' },
    'count/notebooks.kubeflow.org': { amount: 1, field: 'name' },
  };
}

/** Extended resources by quota resource; a key that is there twice is asked for as much as both say. */
function askedResources({ gpus }: SpawnForm): Record<string, { amount: number; field: string; key: string }> {
  const wanted: Record<string, { amount: number; field: string; key: string }> = {};
  gpus.forEach(({ key, count }, index) => {
    const amount = (parseCount(count) ?? 0) + (wanted[`requests.${key}`]?.amount ?? 0);
    wanted[`requests.${key}`] = { amount, field: `gpus.${index}.count`, key };
  });
  return wanted;
}

/** The quota line for GPUs of a key that leaves the fewest, where the namespace has one. */
export function gpuQuota(namespace: string, key: string, o: SpawnOptions): QuotaLine | undefined {
  const lines = (o.quota[namespace] ?? []).filter((line) => line.resource === `requests.${key}`);
  return lines.sort((a, b) => a.hard - a.used - (b.hard - b.used))[0];
}

/**
 * One error for each quota that the form would exceed; the API server would refuse its pod or its claims. An edit asks
 * for what is more than before.
 */
export function quotaFindings(form: SpawnForm, o: SpawnOptions, edit?: Edit): Finding[] {
  const wanted = asked(form, o.config);
  const before = edit && asked(edit.start, o.config);
  for (const [resource, want] of Object.entries(before ? wanted : {})) {
    const counted = edit?.running === true || /notebooks/.test(resource);
    want.amount -= counted ? (before?.[resource]?.amount ?? 0) : 0;
  }
  const found = new Map<string, Finding>();
  for (const line of o.quota[form.namespace] ?? []) {
    const want = wanted[line.resource];
    if (!want || want.amount <= 0 || line.used + want.amount <= line.hard) continue;
    const finding: Finding =
      want.key === undefined
        ? plainFinding(form, line, want.field)
        : gpuFinding(form, o, line, { field: want.field, key: want.key });
    // One sentence per field: a request that is too large makes its limit too large as well.
    if (!found.has(want.field)) found.set(want.field, finding);
  }
  return [...found.values()];
}

function gpuFinding(form: SpawnForm, o: SpawnOptions, line: QuotaLine, at: { field: string; key: string }): Finding {
  const { field, key } = at;
  const servers = (o.servers[form.namespace] ?? []).flatMap((server) =>
    server.gpus.filter((g) => g.key === key).map((g) => `${server.name} (${g.count})`),
  );
  const params = { namespace: form.namespace, left: left(line), hard: line.hard, key };
  return servers.length === 0
    ? { field, severity: 'error', code: 'gpuQuota', params }
    : {
        field,
        severity: 'error',
        code: 'gpuQuotaUsed',
        params: { ...params, servers: servers.join(', ') },
      };
}

function plainFinding(form: SpawnForm, line: QuotaLine, field: string): Finding {
  return {
    field,
    severity: 'error',
    code: 'quota',
    params: {
      namespace: form.namespace,
      resource: line.resource,
      left: amountOf(line.resource, left(line)),
      hard: amountOf(line.resource, line.hard),
    },
  };
}

function left(line: QuotaLine): number {
  return Math.max(0, line.hard - line.used);
}
