/** Where templates are kept: the user's, those of the workspace, and the last one used. */
import * as vscode from 'vscode';
import { scheme as serverFiles } from '../../editor/uri.ts';
import type { Disposable } from '../../k8s/events.ts';
import { LastUsed } from './lastUsed.ts';
import { TemplateFolder } from './templateFolder.ts';
import type { FolderOfTemplates, TemplateSources } from './templateItems.ts';

/** In each folder of the workspace. */
export const workspacePath = '.kubeflow/notebooks';

export class TemplateStore {
  readonly user: TemplateFolder;
  readonly lastUsed: LastUsed;

  constructor(context: Pick<vscode.ExtensionContext, 'globalStorageUri' | 'globalState'>) {
    this.user = new TemplateFolder(vscode.workspace.fs, vscode.Uri.joinPath(context.globalStorageUri, 'templates'));
    this.lastUsed = new LastUsed(context.globalState);
  }

  /** One for each folder of the workspace, whether it has templates or not. */
  workspaceFolders(): { title: string; folder: TemplateFolder; root: vscode.WorkspaceFolder }[] {
    return (
      (vscode.workspace.workspaceFolders ?? [])
        // Files on a notebook server: looking there would wake a connection, and who shares its volume is no reviewer.
        .filter(({ uri }) => uri.scheme !== serverFiles)
        .map((root) => ({
          title: root.name,
          root,
          folder: new TemplateFolder(vscode.workspace.fs, vscode.Uri.joinPath(root.uri, workspacePath)),
        }))
    );
  }

  /** What is there now; of a workspace that is not trusted only whether there is anything. */
  async read(): Promise<TemplateSources> {
    const folders = this.workspaceFolders();
    const trusted = vscode.workspace.isTrusted;
    const [user, ...workspace] = await Promise.all([
      contents(this.user),
      ...(trusted ? folders.map(async ({ title, folder }) => ({ title, ...(await contents(folder)) })) : []),
    ]);
    const untrusted = trusted
      ? []
      : await Promise.all(
          folders.map(({ folder }) =>
            folder.names().then(
              (n) => n.length,
              () => 0,
            ),
          ),
        );
    const several = folders.length > 1;
    return {
      lastUsed: this.lastUsed.get(),
      workspace: workspace.map((one) => ({ ...one, title: several && 'title' in one ? one.title : undefined })),
      user,
      untrusted: untrusted.some((count) => count > 0),
    };
  }

  /** Tells of changes of the files while somebody looks. */
  watch(changed: () => void): Disposable {
    const patterns = [
      new vscode.RelativePattern(this.user.uri, '*.{yaml,yml}'),
      ...this.workspaceFolders().map(({ root }) => new vscode.RelativePattern(root, `${workspacePath}/*.{yaml,yml}`)),
    ];
    const watchers = patterns.map((pattern) => {
      const watcher = vscode.workspace.createFileSystemWatcher(pattern);
      const listeners = [watcher.onDidChange(changed), watcher.onDidCreate(changed), watcher.onDidDelete(changed)];
      return vscode.Disposable.from(watcher, ...listeners);
    });
    return vscode.Disposable.from(...watchers, vscode.workspace.onDidGrantWorkspaceTrust(changed));
  }
}

async function contents(folder: TemplateFolder): Promise<FolderOfTemplates> {
  try {
    return await folder.list();
  } catch (error) {
    return { files: [], more: 0, trouble: error instanceof Error ? error.message : String(error) };
  }
}
