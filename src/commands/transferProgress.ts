import * as vscode from 'vscode';
import type { TransferOptions } from '../jupyter/transfer.ts';
import { fileSize } from '../views/words/amounts.ts';

export interface Transfer {
  options: TransferOptions & { onFile: () => void };
  /** What there is to do, once that is known. */
  expect(all: { files: number; bytes: number }): void;
}

/** Many small files make many steps: the message follows them so often at most. */
const drawMs = 200;

/** Runs a transfer under a notification that shows how far it is and can cancel it; a cancelled one ends without a word. */
export async function withTransfer(title: string, work: (transfer: Transfer) => Promise<void>): Promise<void> {
  const { t } = vscode.l10n;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const abort = new AbortController();
      const done = { files: 0, bytes: 0, shown: 0 };
      let all: { files: number; bytes: number } | undefined;
      let waiting = false;
      let timer: NodeJS.Timeout | undefined;
      const message = () => {
        if (waiting) return t('Waiting for the connection');
        if (!all) return t('Comparing');
        const bytes = t('{0} of {1}', fileSize(Math.max(0, done.bytes)), fileSize(all.bytes));
        return all.files > 1 ? t('{0} of {1} files, {2}', done.files, all.files, bytes) : bytes;
      };
      const draw = () => {
        timer ??= setTimeout(() => {
          timer = undefined;
          const share = all?.bytes ? Math.min(100, (100 * done.bytes) / all.bytes) : 0;
          progress.report({ message: message(), increment: Math.max(0, share - done.shown) });
          done.shown = Math.max(done.shown, share);
        }, drawMs);
      };
      const cancelled = token.onCancellationRequested(() => abort.abort(new vscode.CancellationError()));
      try {
        await work({
          options: {
            signal: abort.signal,
            onBytes: (more) => {
              done.bytes += more;
              draw();
            },
            onFile: () => {
              done.files++;
              draw();
            },
            onWaiting: (now) => {
              waiting = now;
              draw();
            },
          },
          expect: (known) => {
            all = known;
            draw();
          },
        });
      } finally {
        clearTimeout(timer);
        cancelled.dispose();
      }
    },
  );
}
