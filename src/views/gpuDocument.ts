import type { FrameworkCheck } from '../kubeflow/gpuFrameworks.ts';
import type { GpuCheck } from '../kubeflow/gpus.ts';
import { devicesOf, gpuAdvice } from './gpuAdvice.ts';
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
  for (const one of check.frameworks ?? [])
    facts.push([one.version ? `${one.name} ${one.version}` : one.name, frameworkSees(t, one)]);
  if (check.frameworks?.length === 0) facts.push([t('Frameworks'), t('PyTorch, TensorFlow and JAX are not installed')]);
  if (!check.frameworks) facts.push([t('Frameworks'), t('unknown')]);
  facts.push([t('Result'), verdict(t, check, asked)]);
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  const lines = facts.map(([name, value]) => `${`${name}:`.padEnd(width + 1)}${value}`);
  lines.push('');
  if (check.seen.length > 0) lines.push(t('Devices:'), ...check.seen.map((device) => `  ${device}`), '');
  const advice = gpuAdvice(t, check);
  if (advice.length > 0) lines.push(t('What to do:'), ...advice.map((one) => `  ${one}`), '');
  if (check.simulated) lines.push(t('The hardware is simulated: nvidia-smi is a stand-in here.'), '');
  lines.push(`${check.command}:`, ...(check.raw.trim() || t('(nothing)')).split('\n').map((line) => `  ${line}`), '');
  return lines.join('\n');
}

function verdict(t: Translate, check: GpuCheck, asked: number): string {
  if (check.missing) return t('The image has neither nvidia-smi nor rocm-smi, so what the driver shows is not known.');
  const seen = devicesOf(check.seen);
  if (seen === asked)
    return asked === 0 ? t('No GPU asked for, none there.') : t('All GPUs that were asked for are there.');
  if (seen < asked) return t('Fewer GPUs than asked for are there: {0} of {1}.', seen, asked);
  return t('More GPUs than asked for are there: {0} in place of {1}.', seen, asked);
}

function frameworkSees(t: Translate, { devices: seen, problem, builtForGpu }: FrameworkCheck): string {
  if (problem === 'timeout') return t('no answer');
  if (problem) return t('cannot be loaded');
  if (builtForGpu === false) return t('none (a build without GPU support)');
  return seen.length === 0 ? t('none') : `${devices(t, seen.length)} (${seen.join(', ')})`;
}

function devices(t: Translate, count: number): string {
  return count === 1 ? t('1 device') : t('{0} devices', count);
}
