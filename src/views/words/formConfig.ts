/** What is wrong with the file that the form's defaults and choices come from. */
import type { FileConfig, FileProblem } from '../../kubeflow/form/configFile.ts';
import type { Translate } from './translate.ts';

/** What mends it: the file, at a line, or the setting that names it. */
export type ConfigRemedy = { kind: 'file'; line?: number } | { kind: 'setting' };

/** The first thing that is wrong, in words, with what mends it; undefined where nothing is. @param shown the file's path */
export function configTrouble(
  t: Translate,
  { problems }: FileConfig,
  shown: string,
): { text: string; button: string; remedy: ConfigRemedy } | undefined {
  const [first, ...others] = problems;
  if (!first) return undefined;
  const more =
    others.length === 0
      ? []
      : [others.length === 1 ? t('One more section is odd.') : t('{0} more sections are odd.', others.length)];
  const text = [sentence(t, first, shown), ...more].join(' ');
  if (!('section' in first)) return { text, button: t('Open Settings'), remedy: { kind: 'setting' } };
  return { text, button: t('Open File'), remedy: { kind: 'file', line: first.line } };
}

function sentence(t: Translate, problem: FileProblem, file: string): string {
  switch (problem.code) {
    case 'relativePath':
      return t('The setting for the form names {0}, which is no full path. Nothing of it counts.', file);
    case 'missing':
      return t('{0} is not there, so nothing of it counts. The setting for the form names it.', file);
    case 'forbidden':
      return t('You may not read {0}, so nothing of it counts. The setting for the form names it.', file);
    case 'folder':
      return t('{0} is a folder. The setting for the form is to name a file.', file);
    case 'notReadable':
      return t('{0} cannot be read, so nothing of it counts. The setting for the form names it.', file);
    case 'tooLarge':
      return t('{0} is larger than 1 MiB, so nothing of it counts. The setting for the form names it.', file);
    case 'notYaml':
      return problem.line === undefined
        ? t('{0} is no YAML, so nothing of it counts.', file)
        : t('Line {0} of {1} is no YAML, so nothing of the file counts.', problem.line, file);
    case 'noDefaults':
      return t('{0} has no spawnerFormDefaults, so nothing of it counts.', file);
    case 'unknownSection':
      return t('Line {0} of {1}: the form has no section {2}.', problem.line ?? 1, file, problem.section);
    case 'badValue':
      return t(
        'Line {0} of {1}: {2} has a value that cannot be used. Its default counts.',
        ...([problem.line ?? 1, file, problem.section] as const),
      );
  }
}
