import type * as vscode from 'vscode';
import { Emitter, type Disposable } from '../../k8s/events.ts';
import { ActiveFilter, filterStates, isFilter, noFilter, type ServerFilter } from './filter.ts';

const key = 'filter';

/** The filter that this workspace's tree has, kept over a reload. */
export class FilterChoice implements Disposable {
  private readonly memory: Pick<vscode.Memento, 'get' | 'update'>;
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private now: ActiveFilter | undefined;

  constructor(memory: Pick<vscode.Memento, 'get' | 'update'>) {
    this.memory = memory;
    const { text, states } = memory.get<ServerFilter>(key) ?? noFilter;
    this.now = active({ text, states: filterStates.filter((state) => states.includes(state)) });
  }

  /** Undefined while everything is shown. */
  get active(): ActiveFilter | undefined {
    return this.now;
  }

  get filter(): ServerFilter {
    return this.now?.filter ?? noFilter;
  }

  /** Shows what this filter lets through; it is not remembered yet. */
  preview(filter: ServerFilter): void {
    if (JSON.stringify(filter) === JSON.stringify(this.filter)) return;
    this.now = active(filter);
    this.changed.fire();
  }

  async set(filter: ServerFilter): Promise<void> {
    this.preview(filter);
    await this.memory.update(key, isFilter(filter) ? filter : undefined);
  }

  dispose(): void {
    this.changed.dispose();
  }
}

function active(filter: ServerFilter): ActiveFilter | undefined {
  return isFilter(filter) ? new ActiveFilter(filter) : undefined;
}
