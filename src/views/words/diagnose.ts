import { stepNames, type Skipped, type StepName, type StepResult } from '../../k8s/diagnose.ts';
import { list } from './amounts.ts';
import { diagnoseFacts } from './diagnoseFacts.ts';
import { diagnoseRemedy } from './diagnoseRemedy.ts';
import { kubeWords, sentence } from './kube.ts';
import type { Translate } from './translate.ts';

/** A diagnosis as far as it has come. */
export interface Diagnosis {
  /** The context's name; undefined where none is chosen. */
  context?: string;
  began: Date;
  results: readonly StepResult[];
  /** Nothing more comes. */
  done: boolean;
}

/** The whole report, ending in a newline: what it comes to, what to do, and a line for each step. */
export function diagnosisText(t: Translate, diagnosis: Diagnosis, date: (at: Date) => string): string {
  const { context, began, results, done } = diagnosis;
  const name = context ?? t('The cluster');
  const bad =
    results.find(({ outcome }) => outcome === 'failed') ?? results.find(({ outcome }) => outcome === 'warning');
  const head: [string, string][] = [
    [t('Result'), verdict(t, diagnosis)],
    ...(done && bad ? [[t('What to do'), diagnoseRemedy(t, bad)] satisfies [string, string]] : []),
    [t('Context'), context ?? t('none is chosen')],
    [t('Time'), date(began)],
  ];
  const rows = stepNames.map((step): [string, string, string, string] => {
    const result = results.find((each) => each.step === step);
    if (!result) return ['...', stepTitle(t, step), '', ''];
    const took = result.outcome === 'skipped' ? '' : t('{0} ms', Math.round(result.tookMs));
    return [mark(t, result), stepTitle(t, step), stepSentence(t, result, name), took];
  });
  const width = (column: number, lines: string[][]): number => Math.max(...lines.map((line) => line[column]!.length));
  const headWidth = width(0, head) + 1;
  const [marks, titles, times] = [width(0, rows), width(1, rows), width(3, rows)];
  return [
    ...head.map(([key, value]) => `${`${key}:`.padEnd(headWidth)}  ${value}`),
    '',
    ...rows.map(([outcome, title, said, took]) =>
      `${outcome.padEnd(marks)}  ${title.padEnd(titles)}  ${took.padStart(times)}  ${said}`.trimEnd(),
    ),
    '',
  ].join('\n');
}

/** What it comes to, in a sentence; of what has ended so far. */
export function verdict(t: Translate, { results, done, context }: Diagnosis): string {
  const failed = results.find(({ outcome }) => outcome === 'failed');
  const other = results.find(({ step }) => step === 'podProxy');
  const name = context ?? t('The cluster');
  if (failed?.step === 'portForward' && other?.outcome === 'ok')
    return t('It works by the pod proxy, as port-forward fails. {0}', stepSentence(t, failed, name));
  if (failed) return t('{0} fails. {1}', stepTitle(t, failed.step), stepSentence(t, failed, name));
  if (!done) return t('Looking: {0} of {1} steps', results.length, stepNames.length);
  if (results.some(({ skipped }) => skipped?.why === 'cancelled')) return t('Cancelled. What was looked at works.');
  const warned = results.filter(({ outcome }) => outcome === 'warning').map(({ step }) => stepTitle(t, step));
  if (warned.length > 0) return t('It works, with something to know: {0}.', list(warned));
  return t('Everything works.');
}

/** A step's name. */
export function stepTitle(t: Translate, step: StepName): string {
  switch (step) {
    case 'kubeconfig':
      return t('Kubeconfig');
    case 'credentials':
      return t('Credentials');
    case 'dns':
      return t('Name lookup');
    case 'proxy':
      return t('Proxy');
    case 'tcp':
      return t('Connection');
    case 'tls':
      return t('TLS');
    case 'authentication':
      return t('Sign-in');
    case 'version':
      return t('Kubernetes');
    case 'types':
      return t('Kubeflow');
    case 'rights':
      return t('Rights');
    case 'portForward':
      return t('Port-forward');
    case 'podProxy':
      return t('Pod proxy');
  }
}

/** One step in a sentence or two. */
export function stepSentence(t: Translate, result: StepResult, context: string): string {
  if (result.skipped) return skippedWords(t, result.skipped);
  if (result.step === 'portForward' && result.facts?.refusedBetween) {
    return t(
      'Something between here and {0} lets no WebSocket through: it answered with {1}.',
      context,
      result.facts.refusedBetween,
    );
  }
  if (!result.problem || result.step === 'types') return diagnoseFacts(t, result);
  const said = problemWords(t, result, context);
  return result.step === 'rights' ? `${said} ${diagnoseFacts(t, result)}`.trimEnd() : said;
}

/** As everywhere else, and with what the other side said, where that adds something. */
function problemWords(t: Translate, { problem }: StepResult, context: string): string {
  if (!problem) return '';
  const { text } = kubeWords(t, problem, { context });
  const detail = detailOf(problem);
  return detail ? `${text} (${detail})` : text;
}

function detailOf(problem: NonNullable<StepResult['problem']>): string {
  switch (problem.code) {
    case 'CertificateUntrusted':
    case 'ExecPluginFailed':
    case 'SignedOut':
      return problem.detail.replace(/\.$/, '');
    case 'Unauthorized':
    case 'ServerError':
      return sentence(problem.message).replace(/\.$/, '');
    case 'Unreachable':
      return problem.reason === 'proxy' || problem.reason === 'protocol' ? '' : problem.detail;
    default:
      return '';
  }
}

function skippedWords(t: Translate, skipped: Skipped): string {
  switch (skipped.why) {
    case 'after':
      return t('Not tried: "{0}" comes before it, and fails.', stepTitle(t, skipped.step));
    case 'cancelled':
      return t('Not tried: cancelled.');
    case 'noRight':
      return t('Not tried: you may not do it (needs: {0}).', skipped.rights.join(', '));
    case 'noServer':
      return t('Not tried: there is no notebook server to try it on.');
    case 'noneRunning':
      return t('Not tried: no notebook server is running.');
  }
}

function mark(t: Translate, { outcome }: StepResult): string {
  switch (outcome) {
    case 'ok':
      return t('ok');
    case 'warning':
      return t('Warning');
    case 'failed':
      return t('Failed');
    case 'skipped':
      return t('skipped');
  }
}
