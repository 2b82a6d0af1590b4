import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepForSearch, logsVariable, prepareSearch, rememberSecrets, searchSecrets } from '../../run/secrets.ts';

describe('the search for secrets in logs', () => {
  let folder: string;
  let before: string | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secrets-'));
    await prepareSearch(folder);
    before = process.env[logsVariable];
    process.env[logsVariable] = folder;
  });
  afterEach(async () => {
    if (before === undefined) delete process.env[logsVariable];
    else process.env[logsVariable] = before;
    await rm(folder, { recursive: true });
  });

  it('names the place of each find, and never the secret', async () => {
    await rememberSecrets('a-token-of-somebody', 'another-secret');
    await writeFile(join(folder, 'app.log'), 'GET /api 200\nsent a-token-of-somebody\n');
    await keepForSearch(join(folder, 'app.log'), 'suite/app.log');
    const { logs, secrets, finds } = await searchSecrets(folder);
    assert.deepEqual([logs, secrets], [1, 2]);
    assert.deepEqual(finds, [`${join(folder, 'logs', 'suite', 'app.log')}:2`]);
  });

  it('finds nothing where there is nothing', async () => {
    await rememberSecrets('a-token-of-somebody');
    await writeFile(join(folder, 'app.log'), 'GET /api 200\n');
    await keepForSearch(join(folder, 'app.log'), 'app.log');
    assert.deepEqual((await searchSecrets(folder)).finds, []);
  });
});
