import type { GpuUse, Usage } from '../../kubeflow/usage.ts';
import { fileSize } from './amounts.ts';
import type { Translate } from './translate.ts';

/** Rows of a tooltip: what a server uses just now; none for what is not known. */
export function usageFacts(t: Translate, { gpus, memory, simulated }: Usage): [string, string][] {
  const facts: [string, string][] = gpus.flatMap((gpu, index): [string, string][] => {
    const said = gpuWords(t, gpu);
    if (said === '') return [];
    const name = gpus.length > 1 ? t('GPU {0} in use', index) : t('GPU in use');
    return [[name, simulated ? t('{0} (simulated)', said) : said]];
  });
  if (memory) facts.push([t('Memory in use'), t('{0} of {1}', fileSize(memory.used), fileSize(memory.limit))]);
  return facts;
}

function gpuWords(t: Translate, { percent, memory }: GpuUse): string {
  return [
    percent === undefined ? '' : t('{0}%', percent),
    memory ? t('{0} of {1}', fileSize(memory.used), fileSize(memory.total)) : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
