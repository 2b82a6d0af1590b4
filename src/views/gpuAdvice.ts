import type { FrameworkCheck } from '../kubeflow/gpuFrameworks.ts';
import type { GpuCheck } from '../kubeflow/gpus.ts';
import type { Translate } from './words.ts';

/** MIG devices stand under the GPU that they are parts of; what counts is what a program can use. */
export function devicesOf(seen: readonly string[]): number {
  return seen.filter((line) => /^\s*MIG /.test(line)).length || seen.length;
}

/** What to do where what was asked for, what the driver shows and what the frameworks see differ; nothing where they agree. */
export function gpuAdvice(t: Translate, check: GpuCheck): string[] {
  const asked = check.asked.reduce((sum, { count }) => sum + count, 0);
  const seen = check.missing ? undefined : devicesOf(check.seen);
  const advice: string[] = [];
  if (asked > 0 && seen === 0)
    advice.push(
      t(
        'The driver on the node gives the pod no GPU. Restart the server. If that does not help, tell your admin which node it runs on.',
      ),
    );
  else if (seen !== undefined && seen < asked)
    advice.push(t('Some GPUs of the node do not work. Restart the server, or tell your admin which node it runs on.'));
  else if (seen !== undefined && seen > asked)
    advice.push(
      asked === 0
        ? t('The server did not ask for GPUs, so others may be using those that it sees. Ask for them in the server.')
        : t('Others may be using the GPUs beyond those that the server asked for.'),
    );
  // Without the driver's word, what was asked for is what there should be.
  const there = seen ?? asked;
  if (there > 0) for (const one of check.frameworks ?? []) advice.push(...frameworkAdvice(t, one, there));
  return advice;
}

function frameworkAdvice(t: Translate, framework: FrameworkCheck, there: number): string[] {
  const { name, devices, builtForGpu, problem } = framework;
  if (problem === 'timeout')
    return [t('{0} did not answer in time. The GPU may be busy, or its driver hangs: restart the server.', name)];
  if (problem) return [t('{0} cannot be loaded: {1}', name, problem)];
  if (builtForGpu === false)
    return [
      t('This build of {0} cannot use GPUs. Install the one for your GPUs, or choose an image that has it.', name),
    ];
  if (devices.length === 0)
    return [
      t(
        '{0} sees no GPU although there is one. Its CUDA or ROCm version may not fit the driver: install a build that fits, or choose another image.',
        name,
      ),
    ];
  if (devices.length < there)
    return [
      t(
        '{0} sees {1} of {2} GPUs. A variable such as CUDA_VISIBLE_DEVICES may hide the rest.',
        name,
        devices.length,
        there,
      ),
    ];
  return [];
}
