import type { ApplyFinding, ApplyResult, DocumentProblem, SchemaFinding } from '../../kubeflow/applyYaml.ts';
import { list } from './amounts.ts';
import { kubeWords, sentence } from './kube.ts';
import type { Translate } from './translate.ts';

/** What stands in the way of one document, for the line that it is about. */
export function applyFindingWords(t: Translate, finding: ApplyFinding, context: string): string {
  switch (finding.kind) {
    case 'document':
      return documentWords(t, finding.problem);
    case 'schema':
      return schemaWords(t, finding.finding);
    case 'cluster':
      return finding.field && finding.message
        ? t('{0}: {1}', finding.field, sentence(finding.message))
        : kubeWords(t, finding.problem.problem, { context }).text;
  }
}

function documentWords(t: Translate, problem: DocumentProblem): string {
  switch (problem.code) {
    case 'syntax':
      return t('This is not valid YAML: {0}', sentence(problem.message));
    case 'notAnObject':
      return t('This document is not a Kubernetes object.');
    case 'missing':
      return t('{0} is missing.', problem.field);
    case 'kindNotAllowed':
      return t('{0} cannot be applied from here. Profiles, Notebooks and PersistentVolumeClaims can.', problem.kind);
    case 'versionNotAllowed':
      return t('{0} is known as {1}, not as {2}.', problem.kind, list(problem.allowed), problem.apiVersion);
    case 'duplicate':
      return t('{0} {1} is in this file already, on line {2}.', problem.kind, problem.name, problem.firstLine);
    case 'profileComesLater':
      return t('The profile {0} comes later, on line {1}. Move it up.', problem.profile, problem.profileLine);
  }
}

function schemaWords(t: Translate, finding: SchemaFinding): string {
  switch (finding.problem) {
    case 'required':
      return t('{0} is missing.', finding.field);
    case 'unknown':
      return t('The cluster does not know the field {0}.', finding.field);
    case 'type':
    case 'value':
      return finding.expected
        ? t('{0} should be: {1}', finding.field, sentence(finding.expected))
        : t('{0} has a value that is not allowed.', finding.field);
  }
}

/** Why nothing was sent: the first finding with its document and line, and how many more there are. */
export function nothingApplied(t: Translate, findings: readonly ApplyFinding[], context: string): string {
  const first = findings[0];
  if (!first) return t('Nothing was applied.');
  const said = applyFindingWords(t, first, context);
  const line = t('Nothing was applied. Document {0}, line {1}: {2}', first.document.number, first.line, said);
  const more = findings.length - 1;
  if (more === 0) return line;
  return `${line} ${more === 1 ? t('There is 1 more.') : t('There are {0} more.', more)}`;
}

/** What became of the documents: all applied, or up to which one and why not further. */
export function applied(
  t: Translate,
  results: readonly ApplyResult[],
  context: string,
): { text: string; whole: boolean } {
  const name = ({ document }: ApplyResult) => `${document.kind ?? ''} ${document.name ?? ''}`.trim();
  const done = results.filter(({ outcome }) => ['created', 'changed', 'unchanged', 'notReady'].includes(outcome));
  const stopped = results.find(({ outcome }) => outcome === 'failed' || outcome === 'notReady');
  const names = list(done.map((result) => t('{0} ({1})', name(result), outcomeWord(t, result.outcome))));
  if (!stopped) return { whole: true, text: t('Applied to {0}: {1}.', context, names) };
  const { document } = stopped;
  const why =
    stopped.outcome === 'notReady'
      ? t('The namespace of the profile {0} did not get ready in time.', document.name ?? '')
      : stopped.problem
        ? kubeWords(t, stopped.problem.problem, { context }).text
        : t('It was refused.');
  const where = t('Document {0}, line {1}, {2}: {3}', document.number, document.line, name(stopped), why);
  const before = done.length > 0 ? t('Applied before: {0}.', names) : t('Nothing was applied.');
  const notSent = results.filter(({ outcome }) => outcome === 'notSent');
  const after = notSent.length > 0 ? ` ${t('Not sent: {0}.', list(notSent.map(name)))}` : '';
  return { whole: false, text: `${where} ${before}${after}` };
}

function outcomeWord(t: Translate, outcome: ApplyResult['outcome']): string {
  switch (outcome) {
    case 'created':
      return t('created');
    case 'changed':
      return t('changed');
    case 'unchanged':
      return t('unchanged');
    case 'notReady':
      return t('not ready yet');
    case 'failed':
      return t('refused');
    case 'notSent':
      return t('not sent');
  }
}
