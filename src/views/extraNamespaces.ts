import type * as vscode from 'vscode';

/** Namespaces that were added by hand, per context, kept in this computer's own state. */
export class ExtraNamespaces {
  private readonly memory: vscode.Memento;
  private readonly settings: () => readonly string[];

  constructor(memory: vscode.Memento, settings: () => readonly string[]) {
    this.memory = memory;
    this.settings = settings;
  }

  /** Those added to this context. */
  of(context: string): string[] {
    return this.memory.get<string[]>(key(context), []);
  }

  /** Those added to this context, and those that the settings name for all. */
  all(context: string): string[] {
    return [...new Set([...this.of(context), ...this.settings()])];
  }

  async add(context: string, namespace: string): Promise<void> {
    await this.memory.update(key(context), [...new Set([...this.of(context), namespace])]);
  }

  async remove(context: string, namespace: string): Promise<void> {
    await this.memory.update(
      key(context),
      this.of(context).filter((name) => name !== namespace),
    );
  }
}

function key(context: string): string {
  return `namespaces/${context}`;
}
