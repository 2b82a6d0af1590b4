import * as vscode from 'vscode';
import type { TestApi } from '../../../src/api.ts';
import { labContext, type RemoteLab } from './remoteLab.ts';

export const extensionId = 'kubeflow-notebooks.kubeflow-notebooks';

/** The running extension, working in the lab. It lives in this process, so it sees this environment. */
export async function extensionIn(lab: RemoteLab): Promise<TestApi> {
  process.env['KUBECONFIG'] = lab.kubeconfig;
  const api = (await vscode.extensions.getExtension(extensionId)!.activate()) as TestApi;
  await api.sessions.ensureLoaded();
  await api.sessions.reload();
  await api.sessions.switchTo(labContext);
  return api;
}

/** Resolves with the first true answer of `look`; looks again every 50 ms. */
export async function until<T>(look: () => T | undefined | false, what: string, ms = 30_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = look();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`not seen in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
