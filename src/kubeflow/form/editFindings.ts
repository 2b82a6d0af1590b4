/** Findings about a form that is not free to be anything: an edit of what stands, and what an administrator has fixed. Pure. */
import { imageOf, volumesOf } from '../form.ts';
import type { SpawnForm, SpawnOptions } from '../form.ts';
import { defaultForm } from './defaultForm.ts';
import type { Finding, FindingCode, Report } from './finding.ts';
import { same } from './kept.ts';
import { imageSection, isLocked } from './spawnerConfig.ts';

/** A server that is being edited. */
export interface Edit {
  /** The form as formOf gave it. */
  start: SpawnForm;
  /** Its pod counts against the quota already. */
  running: boolean;
}

/** What is only said of a server that is yet to be made. */
const ofNewOnes: ReadonlySet<FindingCode> = new Set(['nameTaken', 'mayNotCreate']);

/**
 * The findings of an edit: what the person has not changed is no error of theirs and must not keep them from changing
 * something else.
 */
export function overlooked(found: readonly Finding[], form: SpawnForm, start: SpawnForm): Finding[] {
  const moved = form.name.trim() !== start.name || form.namespace !== start.namespace;
  if (moved) return [...found];
  return found
    .filter(({ code }) => !ofNewOnes.has(code))
    .map((one) =>
      one.severity !== 'note' && isUnchanged(one.field, form, start) ? { ...one, severity: 'note' } : one,
    );
}

function isUnchanged(field: string, form: SpawnForm, start: SpawnForm): boolean {
  const [head = '', index = ''] = field.split('.');
  if (head === 'workspace' || head === 'data') {
    const of = (f: SpawnForm): unknown =>
      volumesOf(f).find(({ at }) => at === head || at === `${head}.${index}`)?.volume;
    return same(of(form), of(start));
  }
  if (head === 'image' || head === 'customImage') return imageOf(form) === imageOf(start);
  if (head === 'cpuLimit' || head === 'memoryLimit') {
    const request = head === 'cpuLimit' ? 'cpu' : 'memory';
    return form[head] === start[head] && form[request] === start[request];
  }
  const key = head as keyof SpawnForm;
  return key in start && same(form[key], start[key]);
}

/** Fields by the section that fixes them; the Jupyter Web App refuses a body that brings one of these. */
const fixable = [
  'imagePullPolicy',
  'cpu',
  'cpuLimit',
  'memory',
  'memoryLimit',
  'gpus',
  'workspace',
  'affinityGroup',
  'tolerationGroup',
  'shm',
  'shmSize',
  'configurations',
] as const satisfies readonly (keyof SpawnForm)[];

/** Says of each field that the administrator has fixed and that is not as it was fixed. */
export function checkAdminFixed(form: SpawnForm, o: SpawnOptions, report: Report): void {
  const start = defaultForm(o, { namespace: form.namespace });
  for (const field of fixable) {
    if (isLocked(o.config, field) && !same(form[field], start[field])) report(field, 'error', 'adminFixed');
  }
  if (isLocked(o.config, 'data') && !same(form.dataVolumes, start.dataVolumes)) report('data', 'error', 'adminFixed');
  const { value, readOnly } = imageSection(o.config, form.serverType);
  const custom = form.imageMode === 'custom';
  if ((readOnly && imageOf(form) !== value) || (custom && isLocked(o.config, 'customImage', form.serverType))) {
    report(custom ? 'customImage' : 'image', 'error', 'adminFixed');
  }
}
