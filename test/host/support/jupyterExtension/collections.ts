import * as vscode from 'vscode';
import type { ListedServer, ServerCollection, ServerCommand } from '../../../../src/editor/jupyterExtension/api.ts';
import type { CommandProvider, ServerProvider } from '../../../../src/editor/jupyterExtension/api.ts';
import { Kernel, listSpecs } from './kernel.ts';

type PickItem = vscode.QuickPickItem & { server?: ListedServer; command?: ServerCommand };

/** A collection as it is kept. */
interface Kept {
  extension: string;
  id: string;
  provider: ServerProvider;
  commandProvider?: CommandProvider;
  /** Of servers that were picked once: their kernels have controllers. */
  finders: Map<string, vscode.NotebookController[]>;
  subscriptions: vscode.Disposable[];
}

/** Server collections of other extensions, and the command that picks a kernel of one. */
export class Collections implements vscode.Disposable {
  readonly calls: string[] = [];
  private readonly all: Kept[] = [];
  private readonly kernels = new Map<string, Kernel>();
  private readonly command: vscode.Disposable;

  constructor() {
    const id = 'jupyter.kernel.selectJupyterServerKernel';
    this.command = vscode.commands.registerCommand(
      id,
      (extension: string, collection: string, notebook: vscode.NotebookDocument) =>
        this.select(extension, collection, notebook),
    );
  }

  create(id: string, _label: string, provider: ServerProvider): ServerCollection {
    const extension = callerOf(new Error());
    if (this.all.some((kept) => kept.extension === extension && kept.id === id))
      throw new Error(`Jupyter Server Provider with id ${extension}#${id} already exists`);
    const kept: Kept = { extension, id, provider, finders: new Map(), subscriptions: [] };
    this.all.push(kept);
    // With its `this`, as the original does.
    provider.onDidChangeServers(removeOldServers, this, kept.subscriptions);
    removeOldServers.call(this);
    return {
      get commandProvider() {
        return kept.commandProvider;
      },
      set commandProvider(value) {
        kept.commandProvider = value;
      },
      dispose: () => {
        for (const each of kept.subscriptions) each.dispose();
        for (const controller of [...kept.finders.values()].flat()) controller.dispose();
        this.all.splice(this.all.indexOf(kept), 1);
      },
    };
  }

  kernelOf(uri: vscode.Uri): object | undefined {
    return this.kernels.get(uri.toString()) && { status: 'idle' };
  }

  dispose(): void {
    this.command.dispose();
    for (const kernel of this.kernels.values()) kernel.dispose();
  }

  /** A server that is not listed has gone: its controllers are disposed, which leaves open notebooks dead. */
  removeOldServers(): void {
    for (const kept of this.all) {
      const ids = this.provided(kept).map(({ id }) => id);
      for (const [server, controllers] of kept.finders) {
        if (ids.includes(server)) continue;
        for (const controller of controllers) controller.dispose();
        kept.finders.delete(server);
      }
    }
  }

  private async select(extension: string, id: string, notebook: vscode.NotebookDocument): Promise<string | undefined> {
    const kept = this.all.find((one) => one.extension === extension && one.id === id);
    const server = kept && (await this.pickServer(kept));
    if (!kept || !server) return undefined;
    const title = `Select a Kernel from ${server.label}`;
    const picked = await vscode.window.showQuickPick(this.itemsOf(kept, server), { title });
    if (!picked?.id) throw new vscode.CancellationError();
    kept.finders
      .get(server.id)
      ?.find((c) => c.id === picked.id)
      ?.updateNotebookAffinity(notebook, vscode.NotebookControllerAffinity.Preferred);
    return picked.id;
  }

  private async itemsOf(kept: Kept, server: ListedServer): Promise<(vscode.QuickPickItem & { id?: string })[]> {
    try {
      return (await this.controllersOf(kept, server)).map(({ id, label }) => ({ id, label }));
    } catch {
      return [{ label: 'Failed to fetch Kernels' }];
    }
  }

  private async pickServer(kept: Kept): Promise<ListedServer | undefined> {
    const { token } = new vscode.CancellationTokenSource();
    const servers = this.provided(kept);
    this.calls.push('provideCommands');
    const commands = kept.commandProvider?.provideCommands(undefined, token) ?? [];
    if (servers.length === 1 && commands.length === 0) return servers[0];
    const items: PickItem[] = [
      ...servers.map((server) => ({ label: server.label, server })),
      ...commands.map((command) => ({ label: command.label, command })),
    ];
    const picker = vscode.window.createQuickPick<PickItem>();
    picker.items = items;
    picker.title = 'Select a Jupyter Server';
    picker.show();
    const item = await new Promise<PickItem | undefined>((resolve) => {
      picker.onDidAccept(() => resolve(picker.selectedItems[0]));
      picker.onDidHide(() => resolve(undefined));
    });
    if (!item) throw new vscode.CancellationError();
    // What is thrown from here leaves the picker as it is: busy.
    picker.busy = true;
    const server = item.server ?? (await kept.commandProvider!.handleCommand(item.command!, token));
    picker.dispose();
    return server ?? this.pickServer(kept);
  }

  private provided({ provider }: Kept): ListedServer[] {
    this.calls.push('provideJupyterServers');
    return provider.provideJupyterServers(new vscode.CancellationTokenSource().token);
  }

  private async connectionOf(kept: Kept, id: string): Promise<ListedServer> {
    const { token } = new vscode.CancellationTokenSource();
    const listed = this.provided(kept);
    let server = listed.find((one) => one.id === id);
    if (!server && listed.length === 0) server = await kept.provider.resolveJupyterServer({ id, label: '' }, token);
    if (!server) throw new Error(`Unable to get resolved server information for ${id}`);
    if (server.connectionInformation) return server;
    this.calls.push('resolveJupyterServer');
    const resolved = await kept.provider.resolveJupyterServer(server, token);
    if (!resolved?.connectionInformation) throw new Error(`Unable to get resolved server information for ${id}`);
    return { ...server, connectionInformation: resolved.connectionInformation };
  }

  /** The kernelspecs of a server as controllers; asked a second time when the first goes wrong. */
  private async controllersOf(kept: Kept, { id }: ListedServer): Promise<vscode.NotebookController[]> {
    const known = kept.finders.get(id);
    if (known) return known;
    const list = async () => listSpecs((await this.connectionOf(kept, id)).connectionInformation!);
    const specs = await list().catch(list);
    const made = specs.map(({ name, label }) => {
      const controller = vscode.notebooks.createNotebookController(
        `${Buffer.from(id).toString('hex')}.${name}`,
        'jupyter-notebook',
        label,
        (cells, notebook) => this.run(kept, id, name, controller, cells, notebook),
      );
      controller.supportedLanguages = ['python'];
      controller.supportsExecutionOrder = true;
      return controller;
    });
    kept.finders.set(id, made);
    return made;
  }

  /** A kernel that does not start says nothing: the cell goes on for ever. */
  private async run(
    kept: Kept,
    id: string,
    spec: string,
    controller: vscode.NotebookController,
    cells: readonly vscode.NotebookCell[],
    notebook: vscode.NotebookDocument,
  ): Promise<void> {
    const uri = notebook.uri.toString();
    for (const cell of cells) {
      const execution = controller.createNotebookCellExecution(cell);
      execution.start(Date.now());
      let kernel = this.kernels.get(uri);
      if (!kernel) {
        const { connectionInformation } = await this.connectionOf(kept, id);
        kernel = await Kernel.start(connectionInformation!, spec, notebook);
        this.kernels.set(uri, kernel);
      }
      await kernel.run(execution);
    }
  }
}

/** The extension that called, by the files on the stack. */
function callerOf({ stack = '' }: Error): string {
  const found = vscode.extensions.all.find(
    ({ id, extensionPath }) => id !== 'ms-toolsai.jupyter' && stack.includes(`${extensionPath}/`),
  );
  return found?.id ?? 'unknown';
}

function removeOldServers(this: Collections): void {
  this.removeOldServers();
}
