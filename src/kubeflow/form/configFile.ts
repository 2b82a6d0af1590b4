/** The form's configuration as a file of this computer, in the format of Kubeflow's own. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Disposable } from '../../k8s/events.ts';
import type { Logger } from '../../k8s/log.ts';
import { WatchedFiles } from '../../k8s/watchedFiles.ts';
import { parseSpawnerConfig } from './parseSpawnerConfig.ts';
import type { ConfigProblem, ParsedConfig } from './parseSpawnerConfig.ts';

/** As much as a ConfigMap of Kubernetes can hold. */
const mostBytes = 1024 * 1024;

/** Why the file as a whole was not read. */
type Unread = 'relativePath' | 'missing' | 'forbidden' | 'folder' | 'notReadable' | 'tooLarge';

export type FileProblem = ConfigProblem | { code: Unread };

/** By the system's own codes. */
const unreadBy: Record<string, Unread> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EISDIR: 'folder',
};

/** What the file says now, as far as it can be used. */
export interface FileConfig extends Pick<ParsedConfig, 'config'> {
  /** Absent where no file is named. */
  file?: string;
  problems: FileProblem[];
}

/** The file that a setting names, and its changes. */
export class ConfigFile implements Disposable {
  private readonly files: WatchedFiles;

  /** @param named the file as it is named now; undefined where none is */
  constructor(
    private readonly named: () => string | undefined,
    logger: Logger,
  ) {
    const files = (): string[] => {
      const file = named();
      return file !== undefined && path.isAbsolute(file) ? [file] : [];
    };
    this.files = new WatchedFiles({ files, what: "the form's configuration", logger });
  }

  /** Tells that the file has other contents than it had at the last `read`. */
  get onDidChange(): WatchedFiles['onDidChange'] {
    return this.files.onDidChange;
  }

  /** What the file that is named now says. @throws what is no answer of the file system */
  async read(): Promise<FileConfig> {
    await this.files.see();
    const file = this.named();
    if (file === undefined) return { config: {}, problems: [] };
    const unread = (code: Unread): FileConfig => ({ file, config: {}, problems: [{ code }] });
    if (!path.isAbsolute(file)) return unread('relativePath');
    try {
      const { size } = await stat(file);
      if (size > mostBytes) return unread('tooLarge');
      return { file, ...parseSpawnerConfig(await readFile(file, 'utf8')) };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      return unread(unreadBy[code] ?? 'notReadable');
    }
  }

  dispose(): void {
    this.files.dispose();
  }
}
