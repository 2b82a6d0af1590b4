/** What the form of a server that stands says and does beside that of a new one. */
import * as vscode from 'vscode';
import type { Disposable } from '../k8s/events.ts';
import { withoutServerFields } from '../kubeflow/edit/shown.ts';
import type { SpawnForm } from '../kubeflow/form.ts';
import { previewOf } from '../kubeflow/form/preview.ts';
import type { FromForm, ToForm } from '../../webview-ui/contract.ts';
import type { DescribeDocuments } from './describeDocuments.ts';
import type { EditedServer } from './editedServer.ts';

export interface EditFormOptions {
  documents: DescribeDocuments;
  post: (message: ToForm) => void;
  /** Begins the page anew with this form. */
  restart: (filled: SpawnForm) => void;
  report: (error: unknown) => void;
}

export class EditForm implements Disposable {
  private readonly listener: Disposable;
  /** As the page had it when it last asked. */
  private form: SpawnForm;

  constructor(
    private readonly edited: EditedServer,
    private readonly o: EditFormOptions,
  ) {
    this.form = edited.start;
    this.listener = edited.onDidChange(() => this.tell());
  }

  /** @returns whether the message was one for an edit */
  receive(message: FromForm): boolean {
    switch (message.type) {
      case 'summary':
        this.form = message.form;
        this.tell();
        return true;
      case 'yaml':
        this.doing(this.showChanges(message.form));
        return true;
      case 'compare':
        this.doing(this.compare());
        return true;
      case 'reload':
        this.doing(this.reload(message.form));
        return true;
      default:
        return false;
    }
  }

  /** What Save would leave, as YAML. */
  yamlOf(form: SpawnForm): string {
    const { claims, notebook } = this.edited.made(form);
    return previewOf({ claims, notebook: withoutServerFields(notebook) });
  }

  /** The server as it is now, with what the person has changed in the form. */
  async reload(form: SpawnForm = this.edited.start): Promise<void> {
    this.form = await this.edited.reload(form);
    this.o.restart(this.form);
  }

  dispose(): void {
    this.listener.dispose();
  }

  private tell(): void {
    this.o.post({ type: 'summary', summary: this.edited.summary(this.form) });
  }

  private async showChanges(form: SpawnForm): Promise<void> {
    const { name } = this.edited.base.metadata;
    const before = previewOf({ claims: [], notebook: withoutServerFields(this.edited.base) });
    await this.diff(before, this.yamlOf(form), vscode.l10n.t('Changes of {0}', name));
  }

  private async compare(): Promise<void> {
    const { base } = this.edited;
    const [before, after] = [base, await this.edited.now()].map((notebook) =>
      previewOf({ claims: [], notebook: withoutServerFields(notebook) }),
    );
    const title = vscode.l10n.t('{0}: when the form was opened, and now', base.metadata.name);
    await this.diff(before ?? '', after ?? '', title);
  }

  /** Documents that are not written to the disk: they hold the values of variables. */
  private async diff(before: string, after: string, title: string): Promise<void> {
    const { uid = '', name } = this.edited.base.metadata;
    const document = (key: string, text: string) => ({
      ...{ key: `edit/${uid}/${key}`, title: `${name}.yaml`, text: () => text, language: 'yaml' },
    });
    await this.o.documents.compare(document('before', before), document('after', after), title);
  }

  private doing(work: Promise<void>): void {
    work.catch(this.o.report);
  }
}
