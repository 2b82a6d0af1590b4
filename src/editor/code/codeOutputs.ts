import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Disposable } from '../../k8s/events.ts';
import type { Logger } from '../../k8s/log.ts';
import { WholeOutput } from '../wholeOutput.ts';

/** Links that stay alive; each may hold an image of some megabytes on the disk. */
const mostLinks = 200;

/** What a terminal cannot show, in files that only this user may read, behind links by their words. Gone with the window. */
export class CodeOutputs implements Disposable {
  private readonly folder = join(tmpdir(), `kubeflow-notebooks-${randomUUID()}`);
  private readonly files = new Map<string, () => Promise<string | undefined>>();
  private images = 0;
  private wholes = 0;

  constructor(private readonly logger: Logger) {}

  /** Keeps an image; gives the words of its link. */
  image({ ending, bytes }: { ending: string; bytes: Uint8Array }): string {
    const count = ++this.images;
    const path = join(this.folder, `image ${count}.${ending}`);
    const written = this.write(path, bytes);
    return this.link(vscode.l10n.t('Open image {0}', count), () => written);
  }

  /** Takes all that a run prints; to be disposed when the next one begins. */
  whole(): WholeOutput {
    return new WholeOutput({ folder: this.folder, logger: this.logger });
  }

  /** The words of a link to all that was printed. */
  wholeLink(whole: WholeOutput): string {
    const size = (whole.length / 1e6).toFixed(1);
    return this.link(vscode.l10n.t('Open whole output {0} ({1} MB)', ++this.wholes, size), () => whole.path());
  }

  /** The words of links that stand in a line of text. */
  linksIn(line: string): string[] {
    return [...this.files.keys()].filter((words) => line.includes(`[${words}]`));
  }

  /** Opens what a link's words stand for, beside the code; false where it is not kept any more. */
  async open(words: string): Promise<boolean> {
    const path = await this.files.get(words)?.();
    if (path === undefined) return false;
    const how = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true, preview: true };
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path), how);
    return true;
  }

  dispose(): void {
    this.files.clear();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private link(words: string, file: () => Promise<string | undefined>): string {
    this.files.set(words, file);
    if (this.files.size > mostLinks) this.files.delete(this.files.keys().next().value!);
    return `[${words}]`;
  }

  private async write(path: string, bytes: Uint8Array): Promise<string | undefined> {
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await writeFile(path, bytes, { mode: 0o600 });
      return path;
    } catch (error) {
      this.logger.warn(`keeping an image: ${String(error)}`);
      return undefined;
    }
  }
}
