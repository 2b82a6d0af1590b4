import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../k8s/events.ts';

const scheme = 'kubeflow-describe';
const plain = 'kubeflow-describe';

/** A read-only document: what it says now, and when it may say something else. */
export interface LiveDocument {
  /** The tab's title. */
  title: string;
  /** Names the document: the same key shows the same tab. */
  key: string;
  text: () => Promise<string> | string;
  /** Called while the document is open; fires when the text may be another. */
  watch?: (changed: () => void) => Disposable;
  /** VS Code's name of the language; that of descriptions by default. */
  language?: string;
  /** Where it opens; in the active group by default. */
  column?: vscode.ViewColumn;
}

/**
 * Read-only documents about objects of the cluster, kept up to date while they are open. Their text stays in memory: VS
 * Code backs up on the disk only what can be edited.
 */
export class DescribeDocuments implements vscode.TextDocumentContentProvider, Disposable {
  private readonly disposables = new Disposables();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly documents = new Map<string, LiveDocument>();
  private readonly watches = new Map<string, Disposable>();
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor() {
    this.disposables.add(this.changed);
    this.disposables.add(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
    this.disposables.add(vscode.workspace.onDidCloseTextDocument((document) => this.closed(document.uri)));
  }

  /** Opens the document, or shows it again with what is true now. */
  async open(document: LiveDocument): Promise<void> {
    const opened = await this.made(document);
    const { uri } = opened;
    await vscode.window.showTextDocument(opened, { preview: true, viewColumn: document.column });
    // What was watched under this key may be another run of the same.
    this.watches.get(uri.toString())?.dispose();
    this.watches.delete(uri.toString());
    if (document.watch) {
      this.watches.set(
        uri.toString(),
        document.watch(() => this.soon(uri)),
      );
    }
  }

  /** Opens two documents in a diff editor. They are not kept up to date. */
  async compare(left: LiveDocument, right: LiveDocument, title: string): Promise<void> {
    const [before, after] = [await this.made(left), await this.made(right)];
    await vscode.commands.executeCommand('vscode.diff', before.uri, after.uri, title, { preview: true });
  }

  private async made(document: LiveDocument): Promise<vscode.TextDocument> {
    const uri = vscode.Uri.from({ scheme, path: `/${document.key}/${document.title}` });
    this.documents.set(uri.toString(), document);
    this.changed.fire(uri);
    const opened = await vscode.workspace.openTextDocument(uri);
    return vscode.languages.setTextDocumentLanguage(opened, document.language ?? plain);
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const document = this.documents.get(uri.toString());
    return document ? await document.text() : vscode.l10n.t('This was closed. Open it again from the view.');
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const watch of this.watches.values()) watch.dispose();
    this.watches.clear();
    this.disposables.dispose();
  }

  /** Changes of one moment become one redraw, which keeps the cursor where it is. */
  private soon(uri: vscode.Uri): void {
    const key = uri.toString();
    if (this.timers.has(key)) return;
    this.timers.set(
      key,
      setTimeout(() => {
        this.timers.delete(key);
        this.changed.fire(uri);
      }, 300),
    );
  }

  private closed(uri: vscode.Uri): void {
    const key = uri.toString();
    this.watches.get(key)?.dispose();
    this.watches.delete(key);
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
  }
}
