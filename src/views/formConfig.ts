/** The form's configuration as a file, while a form is open, and what is wrong with it. */
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Disposable } from '../k8s/events.ts';
import { Emitter } from '../k8s/events.ts';
import type { Logger } from '../k8s/log.ts';
import { ConfigFile } from '../kubeflow/form/configFile.ts';
import type { FileConfig } from '../kubeflow/form/configFile.ts';
import type { SpawnerConfig } from '../kubeflow/form/spawnerConfig.ts';
import { formConfigSetting } from './settings.ts';
import { configTrouble } from './words/formConfig.ts';

export const formConfigKey = 'kubeflow.form.configFile';

export class FormConfig implements Disposable {
  private readonly emitter = new Emitter<void>();
  readonly onDidChange = this.emitter.event;
  private readonly file: ConfigFile;
  private readonly held: Disposable[];
  private found: FileConfig = { config: {}, problems: [] };
  private reads = 0;
  private disposed = false;

  constructor(private readonly logger: Logger) {
    this.file = new ConfigFile(formConfigSetting, logger);
    this.held = [
      this.file,
      this.file.onDidChange(() => this.read()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(formConfigKey)) this.read();
      }),
      this.emitter,
    ];
    this.read();
  }

  /** The sections that the file has; none until it has been read. */
  get config(): Partial<SpawnerConfig> {
    return this.found.config;
  }

  /** What is wrong with the file, in words; undefined where nothing is. */
  get trouble(): ReturnType<typeof configTrouble> {
    return configTrouble(vscode.l10n.t, this.found, shortened(this.found.file ?? ''));
  }

  /** Opens what mends it: the file at the line that is wrong, or the setting that names the file. */
  async mend(): Promise<void> {
    const { trouble, found } = this;
    if (!trouble) return;
    if (trouble.remedy.kind === 'setting' || found.file === undefined) {
      await vscode.commands.executeCommand('workbench.action.openSettings', `@id:${formConfigKey}`);
      return;
    }
    const at = new vscode.Position(Math.max(0, (trouble.remedy.line ?? 1) - 1), 0);
    const selection = new vscode.Range(at, at);
    await vscode.window.showTextDocument(vscode.Uri.file(found.file), {
      viewColumn: vscode.ViewColumn.Beside,
      selection,
    });
  }

  dispose(): void {
    this.disposed = true;
    for (const one of this.held) one.dispose();
  }

  private read(): void {
    const mine = ++this.reads;
    this.file.read().then(
      (found) => {
        // A later one has begun, which knows better.
        if (this.disposed || mine !== this.reads) return;
        this.found = found;
        for (const problem of found.problems) {
          this.logger.warn(`The form's configuration ${found.file}: ${JSON.stringify(problem)}`);
        }
        this.emitter.fire();
      },
      (error: unknown) => this.logger.error(`The form's configuration could not be read: ${String(error)}`),
    );
  }
}

/** As people write it: with ~ for the home folder. */
function shortened(file: string): string {
  const home = homedir();
  return file.startsWith(`${home}/`) ? `~${file.slice(home.length)}` : file;
}
