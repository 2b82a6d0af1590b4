import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';

/** The folder that VS Code opens: a copy of demo/. What is there already is the user's and stays as it is. */
export async function demoWorkspace(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const source = join(import.meta.dirname, 'demo');
  for (const name of await readdir(source)) {
    try {
      await copyFile(join(source, name), join(folder, name), constants.COPYFILE_EXCL);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return folder;
}
