import type { ServerPhase } from '../kubeflow/status.ts';

/** A tree item's kind and what can be done with it. package.json's `when` clauses match the string made from it. */
export type Row =
  | {
      kind: 'server';
      phase: ServerPhase;
      canEdit: boolean;
      canDelete: boolean;
      canCreate: boolean;
      canConnect: boolean;
      canBrowse: boolean;
      canExec: boolean;
      gpus: boolean;
      disconnected: boolean;
    }
  | { kind: 'context'; state: 'there' | 'gone' }
  | { kind: 'profile'; source: 'profile' | 'namespace'; canCreate: boolean; canDelete: boolean; added: boolean }
  | { kind: 'kernels' }
  | { kind: 'kernel'; busy: boolean }
  | { kind: 'files' }
  | { kind: 'folder' }
  | { kind: 'file'; notebook: boolean }
  | { kind: 'volumes' }
  | { kind: 'volume' }
  | { kind: 'message'; retry: boolean };

/**
 * The only maker of contextValue: the kind, a state, then the flags that hold, in a fixed order and joined by `;`, as in
 * `server;running;canEdit;canDelete;canCreate;canConnect`. The order is part of the contract with package.json's regular expressions.
 */
export function contextValue(row: Row): string {
  switch (row.kind) {
    case 'server':
      return join('server', row.phase, {
        canEdit: row.canEdit,
        canDelete: row.canDelete,
        canCreate: row.canCreate,
        canConnect: row.canConnect,
        canBrowse: row.canBrowse,
        canExec: row.canExec,
        gpus: row.gpus,
        disconnected: row.disconnected,
      });
    case 'context':
      return join('context', row.state, {});
    case 'profile':
      return join('profile', row.source, { canCreate: row.canCreate, canDelete: row.canDelete, added: row.added });
    case 'kernel':
      return join('kernel', row.busy ? 'busy' : 'idle', {});
    case 'file':
      return join('file', row.notebook ? 'notebook' : 'other', {});
    case 'message':
      return join('message', row.retry ? 'retry' : 'plain', {});
    case 'folder':
    case 'volume':
      return join(row.kind, 'one', {});
    case 'kernels':
    case 'files':
    case 'volumes':
      return row.kind;
  }
}

function join(kind: string, state: string, flags: Record<string, boolean>): string {
  return [kind, state, ...Object.keys(flags).filter((flag) => flags[flag])].join(';');
}
