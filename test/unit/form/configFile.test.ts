import assert from 'node:assert/strict';
import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/k8s/log.ts';
import { ConfigFile } from '../../../src/kubeflow/form/configFile.ts';
import { configTrouble } from '../../../src/views/words/formConfig.ts';
import { inEnglish } from '../../../src/views/words/translate.ts';

const twoCores = 'spawnerFormDefaults:\n  cpu: { value: "2" }\n';

describe("The form's configuration as a file", () => {
  let folder: string;
  let file: ConfigFile;
  let named: string | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeflow-form-config-'));
    named = join(folder, 'spawner_ui_config.yaml');
    file = new ConfigFile(() => named, silentLogger);
  });
  afterEach(async () => {
    file.dispose();
    await rm(folder, { recursive: true, force: true });
  });
  const write = (text: string) => writeFile(named!, text);
  const told = async () => configTrouble(inEnglish, await file.read(), 'form.yaml');

  it('gives the sections that it has', async () => {
    await write(twoCores);
    assert.deepEqual(Object.keys((await file.read()).config), ['cpu']);
    assert.equal(await told(), undefined);
  });

  it('may be JSON, which is YAML', async () => {
    await write('{"spawnerFormDefaults": {"hideTag": true}}');
    assert.deepEqual((await file.read()).config, { hideTag: true });
  });

  it('is nothing, and no trouble, where none is named', async () => {
    named = undefined;
    assert.deepEqual(await file.read(), { config: {}, problems: [] });
    assert.equal(await told(), undefined);
  });

  it('tells when it changes, is there at last, or is replaced as Kubernetes replaces mounted files', async () => {
    const changes = new EventEmitter();
    file.onDidChange(() => changes.emit('change'));
    await file.read();
    for (const text of [twoCores, twoCores.replace('2', '3')]) {
      const changed = once(changes, 'change');
      await write(text);
      await changed;
      await file.read();
    }
    await mkdir(join(folder, 'next'));
    await writeFile(join(folder, 'next', 'data'), twoCores.replace('2', '4'));
    await unlink(named!);
    const changed = once(changes, 'change');
    await symlink(join(folder, 'next', 'data'), named!);
    await changed;
    assert.equal((await file.read()).config.cpu?.value, '4');
  });

  it('names the line that is no YAML, and how to get there', async () => {
    await write('spawnerFormDefaults:\n  cpu: [\n');
    const trouble = await told();
    assert.match(trouble?.text ?? '', /^Line \d of form\.yaml is no YAML, so nothing of the file counts\.$/);
    assert.equal(trouble?.button, 'Open File');
  });

  it('names the section that cannot be used and its line, says that there are more, and keeps the others', async () => {
    await write('spawnerFormDefaults:\n  cpu: { value: "2" }\n  memory: { value: lots }\n  colour: red\n  shm: 1\n');
    const trouble = await told();
    assert.equal(
      trouble?.text,
      'Line 3 of form.yaml: memory has a value that cannot be used. Its default counts. 2 more sections are odd.',
    );
    assert.deepEqual(trouble?.remedy, { kind: 'file', line: 3 });
    assert.deepEqual(Object.keys((await file.read()).config), ['cpu']);
  });

  const whole: [string, () => Promise<unknown>, RegExp, string][] = [
    ['is not there', () => Promise.resolve(), /^form\.yaml is not there/, 'Open Settings'],
    ['is a folder', () => mkdir(named!), /^form\.yaml is a folder/, 'Open Settings'],
    [
      'is larger than a ConfigMap can be',
      () => write(' '.repeat(1024 * 1024 + 1)),
      /larger than 1 MiB/,
      'Open Settings',
    ],
    [
      'is named by a relative path',
      () => Promise.resolve((named = 'form.yaml')),
      /names form\.yaml, which is no full path/,
      'Open Settings',
    ],
    ['holds something else', () => write('kind: Pod'), /has no spawnerFormDefaults/, 'Open File'],
    ['has an alias that leads nowhere', () => write('a: *b'), /is no YAML/, 'Open File'],
  ];
  for (const [what, prepare, text, button] of whole) {
    it(`is told of where it ${what}`, async () => {
      await prepare();
      const trouble = await told();
      assert.match(trouble?.text ?? '', text);
      assert.equal(trouble?.button, button);
      assert.deepEqual((await file.read()).config, {});
    });
  }
});
