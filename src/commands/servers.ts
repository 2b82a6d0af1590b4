import * as vscode from 'vscode';
import { describeServer as describeText, gatherServer } from '../kubeflow/describe.ts';
import { isKubeError } from '../k8s/errors.ts';
import * as gpus from '../kubeflow/gpus.ts';
import * as operations from '../kubeflow/operations.ts';
import { gpuDocument } from '../views/gpuDocument.ts';
import { explain, statusHead, statusSentence, Told } from '../views/words.ts';
import { list } from '../views/words/amounts.ts';
import type { CommandParts } from './parts.ts';
import { chooseServer, demand, sessionOf } from './pick.ts';
import { watchNamespace } from './watchNamespace.ts';

/** Starts a stopped server. */
export async function startServer(parts: CommandParts, argument: unknown): Promise<void> {
  const chosen = await chooseServer(parts, argument, ({ status }) => status.phase === 'stopped');
  if (!chosen) return;
  const { session, ref } = chosen;
  await demand(parts, session, 'edit', ref.namespace);
  await operations.startServer(session.cluster, ref);
}

/** Stops a server, says what went with it, and offers the way back. */
export async function stopServer(parts: CommandParts, argument: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const stoppable = ['running', 'starting', 'failing', 'waiting', 'unknown'];
  const chosen = await chooseServer(parts, argument, ({ status }) => stoppable.includes(status.phase));
  if (!chosen) return;
  const { session, ref, view } = chosen;
  await demand(parts, session, 'edit', ref.namespace);
  if (view.status.phase === 'running' && view.claims.length === 0) {
    const stop = t('Stop');
    const question = t('Stop the notebook server {0} in {1}?', ref.name, ref.namespace);
    const detail = t('It has no volume: its files are lost, and what its kernels hold.');
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, stop)) !== stop) return;
  }
  await operations.stopServer(session.cluster, ref);
  const start = t('Start');
  const said =
    view.claims.length > 0
      ? t('{0} is stopping. Its kernels end; the files on its volumes stay.', ref.name)
      : t('{0} is stopping.', ref.name);
  void vscode.window.showInformationMessage(said, start).then((chosenButton) => {
    if (chosenButton === start) return vscode.commands.executeCommand('kubeflow.startServer', ref);
    return undefined;
  });
}

/** Describes a server in the manner of kubectl, kept up to date while the document is open. */
export async function describeServer(parts: CommandParts, argument: unknown): Promise<void> {
  const chosen = await chooseServer(parts, argument);
  if (!chosen) return;
  const { ref } = chosen;
  const key = `${ref.namespace}/${ref.name}`;
  await parts.documents.open({
    key: `${ref.context}/${key}`,
    title: vscode.l10n.t('Describe {0}', ref.name),
    text: async () => {
      try {
        const { cluster } = await sessionOf(parts, ref);
        const { view, extra } = await gatherServer(cluster, ref);
        const { t } = vscode.l10n;
        const sentence = statusSentence(t, view.status, { now: extra.now });
        return describeText(view, { ...extra, words: { status: statusHead(t, view.status), sentence } });
      } catch (error) {
        // The document stays open when its server goes, and says what became of it.
        if (isKubeError(error, 'NotFound'))
          return vscode.l10n.t('The notebook server {0} is not there any more.', ref.name);
        parts.logger.error(`describing ${key}: ${error instanceof Error ? (error.stack ?? error.message) : ''}`);
        return explain(vscode.l10n.t, error, { context: ref.context }).text;
      }
    },
    watch: (changed) =>
      watchNamespace(parts.sessions, ref, {
        concerns: ({ servers, namespaces }) => servers.has(key) || namespaces.has(ref.namespace),
        changed,
      }),
  });
}

/** Deletes a server after asking, and those of its volumes that nobody else uses when the user wants that, too. */
export async function deleteServer(parts: CommandParts, argument: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const chosen = await chooseServer(parts, argument);
  if (!chosen) return;
  const { session, ref, view } = chosen;
  await demand(parts, session, 'delete', ref.namespace);
  const { claims } = operations.deletionPlan(session.inventory, ref);
  const rights = await parts.tree.rightsOf(session).ask(ref.namespace);
  const own = rights.deleteVolumes === 'no' ? [] : claims.filter((claim) => claim.usedBy.length === 0);
  const named = ({ name, size }: (typeof claims)[number]) => (size ? `${name} (${size})` : name);
  const lines = [t('On {0}. Running kernels end.', ref.context)];
  for (const claim of claims) {
    lines.push(
      claim.usedBy.length > 0
        ? t('The volume {0} stays: it is used by {1}.', named(claim), list(claim.usedBy))
        : t('The volume {0} is used by no other server.', named(claim)),
    );
  }
  const only = t('Delete');
  const withVolumes = own.length === 1 ? t('Delete with Its Volume') : t('Delete with Its Volumes');
  const answer = await vscode.window.showWarningMessage(
    t('Delete the notebook server {0} in {1}?', ref.name, ref.namespace),
    { modal: true, detail: lines.join('\n') },
    ...(own.length > 0 ? [only, withVolumes] : [only]),
  );
  if (answer === undefined) return;
  const uid = view.notebook.metadata.uid;
  const results = await operations.deleteServer(
    session.cluster,
    { namespace: ref.namespace, name: ref.name, ...(uid ? { uid } : {}) },
    { claims: answer === withVolumes ? own.map((claim) => claim.name) : [] },
  );
  const kept = results.filter((result) => result.problem);
  if (kept.length > 0) {
    for (const { claim, problem } of kept) parts.logger.warn(`delete volume ${claim}: ${String(problem)}`);
    throw new Told(t('{0} is deleted, but these volumes are not: {1}.', ref.name, list(kept.map((k) => k.claim))));
  }
}

/** Shows what a server asked for beside what `nvidia-smi` sees in its pod. */
export async function checkGpus(parts: CommandParts, argument: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const chosen = await chooseServer(parts, argument, ({ status }) => status.phase === 'running');
  if (!chosen) return;
  const { session, ref, view } = chosen;
  await demand(parts, session, 'exec', ref.namespace);
  const found = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: t('Checking the GPUs of {0}', ref.name) },
    () => gpus.checkGpus(session.cluster, view),
  );
  const text = gpuDocument(t, ref, found, new Date());
  await parts.documents.open({
    key: `${ref.context}/${ref.namespace}/${ref.name}`,
    title: t('GPUs of {0}', ref.name),
    text: () => text,
  });
}
