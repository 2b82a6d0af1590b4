/** A launch without a form: a notification tells its true state, can cancel it, and ends with what can be done next. */
import * as vscode from 'vscode';
import type { Disposable } from '../../k8s/events.ts';
import type { SpawnForm, SpawnOptions } from '../../kubeflow/form.ts';
import type { ProgressLine } from '../../../webview-ui/contract.ts';
import { LaunchRun } from '../launchRun.ts';
import type { LaunchRunOptions } from '../launchRun.ts';
import { explain } from '../words.ts';
import type { AboutToLaunch } from './beforeLaunch.ts';

export interface QuickLaunchOptions {
  launches: Pick<LaunchRunOptions, 'journal' | 'answers'>;
  connect: (server: LaunchRun['ref']) => unknown;
  openInBrowser: (server: LaunchRun['ref']) => unknown;
  /** The server stands. */
  launched: (form: SpawnForm, options: SpawnOptions) => Promise<void>;
  report: (error: unknown) => void;
}

export interface WhatToLaunch extends AboutToLaunch {
  /** Opens the form with this, where the launch was refused. */
  openForm: () => unknown;
}

export class QuickLaunches implements Disposable {
  private readonly running = new Set<LaunchRun>();

  constructor(private readonly o: QuickLaunchOptions) {}

  /** Begins a launch; resolves when its notification is over. Never rejects: what goes wrong is told. */
  async launch(what: WhatToLaunch): Promise<void> {
    const { session, form, options, creator } = what;
    const { t } = vscode.l10n;
    const { launches } = this.o;
    const config = options.config;
    const run = new LaunchRun({ session, form, creator, config, ...launches, t, now: Date.now });
    this.running.add(run);
    const location = vscode.ProgressLocation.Notification;
    const title = t('Launching {0} in {1}', run.ref.name, run.ref.namespace);
    await vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) =>
      this.follow(run, what, (message) => progress.report({ message }), token),
    );
  }

  dispose(): void {
    for (const run of this.running) run.dispose();
    this.running.clear();
  }

  private follow(
    run: LaunchRun,
    what: WhatToLaunch,
    tell: (message: string) => void,
    token: vscode.CancellationToken,
  ): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        listening.dispose();
        cancelling.dispose();
        this.running.delete(run);
        run.dispose();
        resolve();
      };
      let failure: string | undefined;
      const look = (): void => {
        const { lines, end } = run.progress;
        const last = lines.at(-1);
        if (last && end === undefined) tell(messageOf(last));
        if (end === 'ready') {
          over();
          this.ready(run);
        } else if (end === 'cancelled') {
          over();
          if (run.leftBehind !== undefined) void vscode.window.showWarningMessage(run.leftBehind);
        } else if (last?.state === 'failed' && last.id === 'deleted') {
          over();
          void vscode.window.showWarningMessage(vscode.l10n.t('{0}: {1}', run.ref.name, messageOf(last)));
        } else if (last?.state === 'failed' && last.id.startsWith('state ') && failure === undefined) {
          // Kubernetes goes on trying, and so the run goes on: its row tells, and a remedy may help it yet.
          failure = messageOf(last);
          resolve();
          this.failed(run, failure);
        }
      };
      const listening = run.onDidChange(look);
      const cancelling = token.onCancellationRequested(() => void run.cancel().catch(this.o.report));
      run.start().then(
        (result) => {
          if (result?.ok && !run.progress.cancelling) this.o.launched(what.form, what.options).catch(this.o.report);
          else if (result && !result.ok) {
            over();
            const why = explain(vscode.l10n.t, result.problem, { context: run.ref.context }).text;
            this.refused(run, what, why);
          }
        },
        (error: unknown) => {
          over();
          this.o.report(error);
        },
      );
    });
  }

  private ready(run: LaunchRun): void {
    const { t } = vscode.l10n;
    const { ref, isJupyter } = run;
    const button = isJupyter ? t('Connect') : t('Open in Browser');
    void vscode.window
      .showInformationMessage(t('The notebook server {0} is running.', ref.name), button)
      .then((chosen) => (chosen === button ? (isJupyter ? this.o.connect : this.o.openInBrowser)(ref) : undefined));
  }

  /** It stands, but does not come up as it is. */
  private failed(run: LaunchRun, why: string): void {
    const { t } = vscode.l10n;
    const undo = t('Undo Launch');
    void vscode.window.showErrorMessage(t('{0}: {1}', run.ref.name, why), undo).then((chosen) => {
      if (chosen === undo) return run.cancel().catch(this.o.report);
      return undefined;
    });
  }

  private refused(run: LaunchRun, what: WhatToLaunch, why: string): void {
    const { t } = vscode.l10n;
    const open = t('Open Form');
    const text = [t('{0} was not launched: {1}', run.ref.name, why), run.leftBehind].filter(Boolean).join(' ');
    void vscode.window
      .showErrorMessage(text, open)
      .then((chosen) => (chosen === open ? what.openForm() : undefined))
      .then(undefined, this.o.report);
  }
}

/** A line of the launch in one piece: what goes on, and where it waits, why and what to do. */
function messageOf({ text, detail }: Pick<ProgressLine, 'text' | 'detail'>): string {
  return detail === undefined || detail === text ? text : detail;
}
