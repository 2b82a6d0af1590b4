import * as vscode from 'vscode';
import { diagnose, stepNames, type StepResult, type Subject } from '../k8s/diagnose.ts';
import { isKubeError, KubeError } from '../k8s/errors.ts';
import { Emitter } from '../k8s/events.ts';
import type { KubeContext } from '../k8s/kubeconfig.ts';
import { withoutSecrets } from '../k8s/secrets.ts';
import { kubeflowNeeds, runningServer } from '../kubeflow/diagnosis.ts';
import { tell } from '../views/report.ts';
import { diagnosisText, stepTitle, verdict, type Diagnosis } from '../views/words/diagnose.ts';
import type { CommandParts } from './parts.ts';

const scheme = 'kubeflow-describe';

/**
 * Goes the way to a cluster step by step, in a document that fills as the steps end. It works with a broken kubeconfig,
 * too. @param argument a context's name; without, the one that the view shows, or the one that the user picks
 */
export async function diagnoseConnection(parts: CommandParts, argument: unknown): Promise<void> {
  const { t } = vscode.l10n;
  const name = await contextName(parts, argument);
  if (name === null) return;
  const state: { diagnosis: Diagnosis; context?: KubeContext } = {
    diagnosis: { ...(name ? { context: name } : {}), began: new Date(), results: [], done: false },
  };
  const changed = new Emitter<void>();
  const date = (at: Date): string => at.toLocaleString(vscode.env.language);
  const text = (): string => withoutSecrets(diagnosisText(t, state.diagnosis, date), state.context);
  await parts.documents.open({
    key: `diagnose/${name ?? ''}`,
    title: name ? t('Diagnose {0}', name) : t('Diagnose Connection'),
    text,
    watch: changed.event,
  });
  const show = (results: readonly StepResult[], done: boolean): void => {
    state.diagnosis = { ...state.diagnosis, results: [...results], done };
    changed.fire();
  };
  const title = name ? t('Diagnosing the connection to {0}', name) : t('Diagnosing the connection');
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const enough = new AbortController();
    const subscription = token.onCancellationRequested(() => enough.abort(new vscode.CancellationError()));
    const so: StepResult[] = [];
    try {
      const onStep = (result: StepResult): void => {
        so.push(result);
        progress.report({ message: stepTitle(t, result.step), increment: 100 / stepNames.length });
        show(so, false);
      };
      const found = subject(parts, name, (context) => (state.context = context));
      show(await diagnose(found, { signal: enough.signal, onStep }), true);
    } finally {
      subscription.dispose();
    }
  });
  parts.logger.info(withoutSecrets(`Diagnosis: ${verdict(t, state.diagnosis)}`, state.context));
}

/** Copies the report that is open; it has no secrets. */
export async function copyReport({ logger }: CommandParts, argument: unknown): Promise<void> {
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme !== scheme) return;
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.env.clipboard.writeText(document.getText());
  tell(vscode.l10n.t('The report is in the clipboard.'), logger);
}

/** null: the user thought better of it; undefined: the kubeconfig names none, which the diagnosis will say. */
async function contextName({ sessions }: CommandParts, argument: unknown): Promise<string | null | undefined> {
  if (typeof argument === 'string' && argument !== '') return argument;
  await sessions.ensureLoaded();
  const { current, contexts, problem } = sessions;
  if (current) return current.context.name;
  if (isKubeError(problem) && problem.problem.code === 'ContextMissing') return problem.problem.context;
  if (contexts.length < 2) return contexts[0]?.name;
  const picked = await vscode.window.showQuickPick(
    contexts.map(({ name, server }) => ({ label: name, detail: server })),
    { title: vscode.l10n.t('Diagnose Connection'), placeHolder: vscode.l10n.t('The context to look at') },
  );
  return picked?.label ?? null;
}

function subject(parts: CommandParts, name: string | undefined, found: (context: KubeContext) => void): Subject {
  return {
    needs: kubeflowNeeds,
    open: async () => {
      const kubeconfig = await parts.loadKubeconfig();
      const wanted = name ?? kubeconfig.currentContext;
      if (!wanted) {
        const detail = 'it names no current context';
        throw new KubeError({ code: 'KubeconfigInvalid', path: kubeconfig.files[0] ?? '', detail });
      }
      const context = kubeconfig.context(wanted);
      found(context);
      if (!parts.sessions.session(wanted)) await parts.sessions.reload();
      const session = parts.sessions.session(wanted);
      if (!session) throw new KubeError({ code: 'ContextMissing', context: wanted });
      const namespace = context.namespace || session.inventory.view.profiles[0]?.name;
      return { files: kubeconfig.files, context, cluster: session.cluster, ...(namespace ? { namespace } : {}) };
    },
    target: runningServer,
  };
}
