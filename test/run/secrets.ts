import { appendFile, cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RunFolder } from '../../lab/folders.ts';

/** Names the folder that takes the logs of a whole run of the suites. */
export const logsVariable = 'KUBEFLOW_TEST_LOGS';

/** Beside the logs: what must not be in them, a line each. */
const secretsFile = 'secrets';

/** Keeps logs of the product (a file or a folder) for the search at the end; does nothing in a run of one test file. */
export async function keepForSearch(from: string, name: string): Promise<void> {
  const folder = process.env[logsVariable];
  if (!folder || !existsSync(from)) return;
  await cp(from, join(folder, 'logs', name), { recursive: true });
}

/** Says what a log must not hold: tokens and passwords that a test makes up. */
export async function rememberSecrets(...secrets: string[]): Promise<void> {
  const folder = process.env[logsVariable];
  if (folder) await appendFile(join(folder, secretsFile), `${secrets.join('\n')}\n`);
}

/** Everything secret that a lab knows: people's and programs' tokens, private keys, its own control secret. */
export async function rememberLab(runFolder: string): Promise<void> {
  const run = new RunFolder(runFolder);
  const tokens = (await readFile(run.tokensFile(), 'utf8')).split('\n').map((line) => line.split(',')[0]!);
  const keys = [run.in('service-account.key'), join(run.certificates(), 'apiserver.key')];
  // A line of a key's body is as telling as the whole, and a log may break lines in its own way.
  const lines = (await Promise.all(keys.map((key) => readFile(key, 'utf8')))).flatMap((key) =>
    key.split('\n').slice(1, 3),
  );
  await rememberSecrets(...tokens, ...lines, await readFile(run.secretFile(), 'utf8'));
}

/** Prepares a folder for one run. */
export async function prepareSearch(folder: string): Promise<void> {
  await mkdir(join(folder, 'logs'), { recursive: true });
}

/**
 * Looks for every secret in every log that the suites kept.
 * @returns how many logs and secrets there were, and a line for each find (which never repeats the secret)
 */
export async function searchSecrets(folder: string): Promise<{ logs: number; secrets: number; finds: string[] }> {
  const file = join(folder, secretsFile);
  const all = existsSync(file) ? (await readFile(file, 'utf8')).split('\n') : [];
  const secrets = [...new Set(all.map((line) => line.trim()).filter((line) => line.length >= 8))];
  const finds: string[] = [];
  let logs = 0;
  for (const entry of await readdir(join(folder, 'logs'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, 'utf8');
    logs++;
    for (const [number, line] of text.split('\n').entries()) {
      if (secrets.some((secret) => line.includes(secret))) finds.push(`${path}:${number + 1}`);
    }
  }
  return { logs, secrets: secrets.length, finds };
}
