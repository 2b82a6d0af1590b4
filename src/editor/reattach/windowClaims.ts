import { hostname } from 'node:os';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { Claims } from './claims.ts';
import type { Logger } from '../../k8s/log.ts';

/** This window's places at kernels, among all windows of this computer and user. */
export function windowClaims(context: vscode.ExtensionContext, logger: Logger): Claims {
  return new Claims({
    folder: join(context.globalStorageUri.fsPath, 'kernels'),
    logger,
    life: { pid: process.pid, host: hostname(), isRunning, now: () => Date.now() },
    // Goes to the window and back; changes nothing.
    windowAnswers: () => context.workspaceState.update('kubeflow.beat', undefined),
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
