import * as vscode from 'vscode';
import { applyDocuments, checkDocuments, planDocuments } from '../kubeflow/applyYaml.ts';
import { tell } from '../views/report.ts';
import { Told } from '../views/words.ts';
import { list } from '../views/words/amounts.ts';
import { applied, applyFindingWords, nothingApplied } from '../views/words/apply.ts';
import type { CommandParts } from './parts.ts';
import { chooseSession } from './pick.ts';

/**
 * Applies the Profiles, Notebooks and claims of the YAML in the editor, or of a file that the user picks. Everything is
 * checked first, and nothing is sent when one document does not pass.
 */
export async function applyYaml(parts: CommandParts): Promise<void> {
  const { t } = vscode.l10n;
  const session = await chooseSession(parts, undefined, t('Apply YAML'));
  if (!session) return;
  const context = session.context.name;
  const document = await yamlInSight();
  if (!document) return;
  const documents = planDocuments(document.getText(), {
    ...(session.context.namespace ? { namespace: session.context.namespace } : {}),
  });
  if (documents.length === 0) throw new Told(t('There is nothing to apply in this file.'));
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('Applying to {0}', context), cancellable: true },
    async (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      const { signal } = abort;
      progress.report({ message: t('Checking {0} documents', documents.length) });
      const check = await checkDocuments(session.cluster, documents, { signal });
      parts.problems.show(
        document,
        check.findings.map((finding) => ({ line: finding.line, text: applyFindingWords(t, finding, context) })),
      );
      if (check.findings.length > 0) throw new Told(nothingApplied(t, check.findings, context));
      const results = await applyDocuments(session.cluster, documents, {
        signal,
        onResult: (result) => progress.report({ message: result.document.name ?? '' }),
      });
      const { text, whole } = applied(t, results, context);
      session.inventory.addNamespacesChanged();
      if (!whole) {
        const stopped = results.find(({ outcome }) => outcome === 'failed' || outcome === 'notReady');
        if (stopped) parts.problems.show(document, [{ line: stopped.document.line, text }]);
        throw new Told(text);
      }
      const only = check.schemaOnly.map(({ kind, name }) => `${kind ?? ''} ${name ?? ''}`.trim());
      const note =
        only.length > 0
          ? ` ${t('Checked against the schema only, as their namespace was not there: {0}.', list(only))}`
          : '';
      tell(`${text}${note}`, parts.logger);
    },
  );
}

/** The YAML that the user looks at, else one that they pick. */
async function yamlInSight(): Promise<vscode.TextDocument | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  if (active && (active.languageId === 'yaml' || /\.ya?ml$/i.test(active.uri.path))) return active;
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Apply YAML'),
    openLabel: vscode.l10n.t('Apply'),
    filters: { YAML: ['yaml', 'yml'] },
  });
  if (!picked?.[0]) return undefined;
  const document = await vscode.workspace.openTextDocument(picked[0]);
  await vscode.window.showTextDocument(document);
  return document;
}
