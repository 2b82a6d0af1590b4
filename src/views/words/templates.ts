/** The words of templates: what one asks for, and what is wrong with its text. */
import type { Asked } from '../../kubeflow/form/templateBuiltIn.ts';
import type { BuiltIn } from '../../kubeflow/form/templateBuiltIn.ts';
import type { Expected, TemplateProblem } from '../../kubeflow/form/templateProblem.ts';
import { plain } from '../../kubeflow/quantity.ts';
import { fileSize } from './amounts.ts';
import type { Translate } from './translate.ts';

/** `2 CPU · 4 Gi · 1 x NVIDIA` */
export function askedWords(t: Translate, { cpu, memory, devices }: Asked): string {
  return [
    cpu === undefined ? undefined : t('{0} CPU', plain(cpu)),
    memory === undefined ? undefined : t('{0} Gi', plain(memory)),
    ...devices.map(({ label, count }) => t('{0} x {1}', count, label)),
  ]
    .filter((one) => one !== undefined)
    .join(' · ');
}

/** What a built-in template is called. */
export function builtInName(t: Translate, one: BuiltIn): string {
  if (one.id === 'small') return t('Small');
  return one.id === 'large' ? t('Large') : t('One {0} GPU', one.vendor.label);
}

/** `Line 4: cpus is no key of a template. Do you mean cpu?`, and that there is more. */
export function problemWords(t: Translate, problems: readonly TemplateProblem[]): string {
  const [first] = problems;
  if (!first) return '';
  const said = t('Line {0}: {1}', first.line, sentence(t, first));
  if (problems.length === 1) return said;
  return problems.length === 2 ? t('{0} And 1 more.', said) : t('{0} And {1} more.', said, problems.length - 1);
}

function sentence(t: Translate, problem: TemplateProblem): string {
  const field = 'field' in problem ? shortened(problem.field) : '';
  switch (problem.code) {
    case 'tooLarge':
      return t('A template has at most {0}.', fileSize(problem.max));
    case 'notYaml':
      return t('This is no YAML ({0}).', shortened(problem.detail));
    case 'empty':
      return t('There is nothing here.');
    case 'fancyYaml':
      return fancy(t, problem.what);
    case 'version':
      return t('The apiVersion has to be {0}.', problem.known);
    case 'unknownKey':
      return problem.near === undefined
        ? t('{0} is no key of a template.', field)
        : t('{0} is no key of a template. Do you mean {1}?', field, problem.near);
    case 'missingKey':
      return t('{0} is missing.', field);
    case 'expected':
      return field === '' ? t('A template has keys and values.') : expected(t, field, problem.expected);
    case 'choice':
      return t('{0} has to be one of these: {1}.', field, problem.choices.join(', '));
    case 'oneOf':
      return t('{0} has to have exactly one of these: {1}.', field, problem.choices.join(', '));
    case 'value':
      return t(
        'A template holds no values of variables. They are asked for, or come from a secret: remove {0}.',
        field,
      );
  }
}

function fancy(t: Translate, what: Extract<TemplateProblem, { code: 'fancyYaml' }>['what']): string {
  switch (what) {
    case 'alias':
      return t('A template has no anchors and aliases.');
    case 'tag':
      return t('A template has no tags, which begin with an exclamation mark.');
    case 'key':
      return t('A key has to be text.');
    case 'depth':
      return t('This is nested too deep.');
  }
}

function expected(t: Translate, field: string, what: Expected): string {
  switch (what) {
    case 'map':
      return t('{0} has to have keys and values.', field);
    case 'list':
      return t('{0} has to be a list.', field);
    case 'text':
      return t('{0} has to be text, in quotes where it looks like something else.', field);
    case 'flag':
      return t('{0} has to be true or false.', field);
    case 'cores':
      return t('{0} has to be a number of cores, such as 0.5 or 500m.', field);
    case 'memory':
      return t('{0} has to be an amount, such as 4Gi or 512Mi.', field);
    case 'limitOfCores':
      return t('{0} has to be a number of cores, or none.', field);
    case 'limitOfMemory':
      return t('{0} has to be an amount such as 4Gi, or none.', field);
    case 'count':
      return t('{0} has to be a whole number.', field);
    case 'sharedMemory':
      return t('{0} has to be true, false, or an amount such as 2Gi.', field);
  }
}

/** Anybody may have written it: as much as a line holds, and nothing that a line does not show. */
function shortened(text: string): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]+/gu, ' ').trim();
  return shown.length > 60 ? `${shown.slice(0, 59)}…` : shown;
}
