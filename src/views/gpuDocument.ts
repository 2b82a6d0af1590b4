import type { GpuCheck } from '../kubeflow/gpus.ts';
import type { Translate } from './words.ts';
import { clock, gpus } from './words/amounts.ts';

/** What *Check GPUs* shows: asked, given, seen, whether they agree, and the command's own words. */
export function gpuDocument(
  t: Translate,
  server: { namespace: string; name: string },
  check: GpuCheck,
  now: Date,
): string {
  const asked = check.asked.reduce((sum, { count }) => sum + count, 0);
  const facts: [string, string][] = [
    [t('Notebook server'), `${server.namespace}/${server.name}`],
    [t('Checked'), clock(now, now)],
    [t('Asked for'), gpus(t, check.asked) || t('none')],
  ];
  if (check.given) facts.push([t('Given to the pod'), gpus(t, check.given) || t('none')]);
  facts.push([t('Seen in the pod'), check.missing ? t('unknown') : devices(t, check.seen.length)]);
  facts.push([t('Result'), verdict(t, check, asked)]);
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  const lines = facts.map(([name, value]) => `${`${name}:`.padEnd(width + 1)}${value}`);
  lines.push('');
  if (check.seen.length > 0) lines.push(t('Devices:'), ...check.seen.map((device) => `  ${device}`), '');
  if (check.simulated) lines.push(t('The hardware is simulated: nvidia-smi is a stand-in here.'), '');
  lines.push('nvidia-smi -L:', ...(check.raw.trim() || t('(nothing)')).split('\n').map((line) => `  ${line}`), '');
  return lines.join('\n');
}

function verdict(t: Translate, check: GpuCheck, asked: number): string {
  if (check.missing) return t('The image has no nvidia-smi, so what the pod sees is not known.');
  const seen = check.seen.filter((line) => /^\s*MIG /.test(line)).length || check.seen.length;
  if (seen === asked)
    return asked === 0 ? t('No GPU asked for, none there.') : t('All GPUs that were asked for are there.');
  if (seen < asked) return t('Fewer GPUs than asked for are there: {0} of {1}.', seen, asked);
  return t('More GPUs than asked for are there: {0} in place of {1}.', seen, asked);
}

function devices(t: Translate, count: number): string {
  return count === 1 ? t('1 device') : t('{0} devices', count);
}
