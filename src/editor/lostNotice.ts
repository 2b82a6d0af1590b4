import * as vscode from 'vscode';
import type { KernelSession } from '../jupyter/kernelSession.ts';
import type { Disposable } from '../k8s/events.ts';

/** Says in the status bar that a kernel's connection is lost, until it is back, has ended for good, or is let go. */
export function showLost(session: KernelSession, sentence: string): Disposable {
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  const parts = [session.onDidChangeConnection((problem) => !problem && end()), session.onDidEnd(() => end())];
  void vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: sentence }, () => over);
  return {
    dispose: () => {
      for (const part of parts) part.dispose();
      end();
    },
  };
}
