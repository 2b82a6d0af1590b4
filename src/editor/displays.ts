import type { NotebookCell, NotebookCellOutput } from 'vscode';

/** Which outputs, of which cells of one notebook, a display id stands for. */
export class Displays {
  private readonly byId = new Map<string, Map<NotebookCellOutput, NotebookCell>>();

  add(id: string, output: NotebookCellOutput, cell: NotebookCell): void {
    const known = this.byId.get(id) ?? new Map<NotebookCellOutput, NotebookCell>();
    this.byId.set(id, known.set(output, cell));
  }

  outputs(id: string): NotebookCellOutput[] {
    return [...(this.byId.get(id)?.keys() ?? [])];
  }

  /** The cell that showed it last. */
  cell(id: string): NotebookCell | undefined {
    return [...(this.byId.get(id)?.values() ?? [])].at(-1);
  }

  /** A cell's outputs were cleared. */
  forget(cell: NotebookCell): void {
    for (const [id, outputs] of this.byId) {
      for (const [output, owner] of outputs) if (owner === cell) outputs.delete(output);
      if (outputs.size === 0) this.byId.delete(id);
    }
  }

  clear(): void {
    this.byId.clear();
  }
}
