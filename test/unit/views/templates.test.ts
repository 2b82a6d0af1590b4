import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { maxTemplateSize } from '../../../src/kubeflow/form/template.ts';
import { parseTemplate } from '../../../src/kubeflow/form/templateParse.ts';
import { LastUsed } from '../../../src/views/templates/lastUsed.ts';
import { fileName, maxTemplates, TemplateFolder } from '../../../src/views/templates/templateFolder.ts';
import type { Files } from '../../../src/views/templates/templateFolder.ts';
import { templateGroups } from '../../../src/views/templates/templateItems.ts';
import type { TemplateSources } from '../../../src/views/templates/templateItems.ts';
import { problemWords } from '../../../src/views/words/templates.ts';
import { inEnglish } from '../../../src/views/words/translate.ts';
import { form, options } from '../form/support.ts';

const head = 'apiVersion: kubeflow-notebooks/v1\n';

function uriOf(path: string): vscode.Uri {
  return {
    path,
    toString: () => `memory:${path}`,
    with: (change: { path: string }) => uriOf(change.path),
  } as vscode.Uri;
}

/** A file system in memory, of one folder. A text of undefined cannot be read. */
function filesOf(texts: Record<string, string | undefined>): { files: Files; read: string[]; texts: typeof texts } {
  const read: string[] = [];
  const missing = () => Promise.reject(Object.assign(new Error('gone'), { code: 'FileNotFound' }));
  const nameOf = ({ path }: vscode.Uri) => path.replace('/t/', '');
  const files = {
    readDirectory: () =>
      Object.keys(texts).length === 0
        ? missing()
        : Promise.resolve([...Object.keys(texts).map((name) => [name, 1]), ['folder.yaml', 2], ['link.yaml', 66]]),
    stat: (uri: vscode.Uri) =>
      nameOf(uri) in texts ? Promise.resolve({ size: texts[nameOf(uri)]?.length ?? 0 }) : missing(),
    readFile: (uri: vscode.Uri) => {
      read.push(nameOf(uri));
      const text = texts[nameOf(uri)];
      return text === undefined ? Promise.reject(new Error('no')) : Promise.resolve(new TextEncoder().encode(text));
    },
    writeFile: (uri: vscode.Uri, bytes: Uint8Array) => {
      texts[nameOf(uri)] = new TextDecoder().decode(bytes);
      return Promise.resolve();
    },
    createDirectory: () => Promise.resolve(),
    delete: (uri: vscode.Uri) => {
      delete texts[nameOf(uri)];
      return Promise.resolve();
    },
  } as unknown as Files;
  return { files, read, texts };
}

const folderOf = (texts: Record<string, string | undefined>) => new TemplateFolder(filesOf(texts).files, uriOf('/t'));

describe('A folder of templates', () => {
  it('has the YAML files in it by name, whatever is wrong with others', async () => {
    const { files } = await folderOf({
      'b.yaml': `${head}name: Second`,
      'a.yml': head,
      'c.yaml': `${head}cpus: 1`,
      'd.yaml': undefined,
      'notes.md': 'x',
    }).list();
    const said = files.map((one) => [
      one.name,
      'template' in one ? 'read' : 'problems' in one ? 'broken' : 'unreadable',
    ]);
    assert.deepEqual(said, [
      ['a', 'read'],
      ['Second', 'read'],
      ['c', 'broken'],
      ['d', 'unreadable'],
    ]);
  });
  it('is empty where there is none', async () => {
    assert.deepEqual(await folderOf({}).list(), { files: [], more: 0 });
  });
  it('reads so many files at most, and none that is too large', async () => {
    const many = filesOf({ 'a.yaml': 'x'.repeat(maxTemplateSize + 1) });
    for (let i = 0; i < maxTemplates; i++) many.texts[`b${i}.yaml`] = head;
    const { files, more } = await new TemplateFolder(many.files, uriOf('/t')).list();
    assert.deepEqual([files.length, more], [maxTemplates, 1]);
    assert.ok(!many.read.includes('a.yaml'));
  });
  it('keeps a template in a file of its name', async () => {
    const memory = filesOf({});
    const folder = new TemplateFolder(memory.files, uriOf('/t'));
    assert.equal(await folder.has('One GPU'), false);
    await folder.write('One GPU', head);
    assert.deepEqual([await folder.has('one gpu'), Object.keys(memory.texts)], [true, ['one-gpu.yaml']]);
  });
  it('has names of files that are names on every system, in the folder', () => {
    const names = ['One GPU', '../../etc/passwd', 'a\\b:c', 'con', '', '...', '학습용', 'x'.repeat(200)];
    assert.deepEqual(names.map(fileName), [
      ...['one-gpu', 'etc-passwd', 'a-b-c', 'template-con', 'template', 'template', '학습용', 'x'.repeat(60)],
    ]);
  });
});

describe('The last form that was launched', () => {
  const memoryOf = (value?: unknown) => {
    const kept = { value };
    return {
      kept,
      get: <T>() => kept.value as T,
      update: (_: string, next: unknown) => Promise.resolve(void (kept.value = next)),
    };
  };
  it('is kept as a template, without the values of variables', async () => {
    const memory = memoryOf();
    const last = new LastUsed(memory);
    assert.equal(last.get(), undefined);
    await last.keep(form({ cpu: '2', env: [{ kind: 'value', name: 'TOKEN', value: 'hunter2' }] }), options());
    assert.deepEqual([last.get()?.name, last.get()?.fields.cpu], ['bert', '2']);
    assert.ok(!String(memory.kept.value).includes('hunter2'));
  });
  it('is none where it is of another version', () => {
    assert.equal(new LastUsed(memoryOf('apiVersion: kubeflow-notebooks/v9')).get(), undefined);
    assert.equal(new LastUsed(memoryOf({ some: 'thing' })).get(), undefined);
  });
});

describe('The list of templates', () => {
  const nothing: TemplateSources = { workspace: [], user: { files: [], more: 0 }, untrusted: false };
  const shown = (sources: Partial<TemplateSources>, settled = true) =>
    templateGroups(inEnglish, { ...nothing, ...sources }, options(), { namespace: 'alice', settled }).map(
      ({ title, rows }) => [
        title,
        ...rows.map(({ label, description, detail }) =>
          [label, description, detail].filter((one) => one !== undefined).join(' | '),
        ),
      ],
    );
  it('has the last one used, those of the workspace, the user and the built-in ones', async () => {
    const files = await folderOf({
      'a.yaml': `${head}name: Mine\ncpu: 2\nmemory: 4Gi\ngpus: { nvidia.com/gpu: 1 }\ndescription: For training`,
    }).list();
    const lastUsed = { name: 'bert', fields: { cpu: '8' } };
    assert.deepEqual(shown({ lastUsed, workspace: [{ ...files, title: 'repo' }], user: files }), [
      ['Last used', 'bert | 8 CPU · 1 Gi | jupyter-scipy:v1.11.0'],
      ['This workspace: repo', 'Mine | 2 CPU · 4 Gi · 1 x NVIDIA | For training · jupyter-scipy:v1.11.0'],
      ['Yours', 'Mine | 2 CPU · 4 Gi · 1 x NVIDIA | For training · jupyter-scipy:v1.11.0'],
      [
        'Built in',
        'Small | 0.5 CPU · 1 Gi | jupyter-scipy:v1.11.0',
        'Large | 4 CPU · 16 Gi | jupyter-scipy:v1.11.0',
        'One NVIDIA GPU | 4 CPU · 16 Gi · 1 x NVIDIA | jupyter-pytorch-cuda-full:v1.11.0',
      ],
    ]);
  });
  it('names an image in full that the cluster does not list', () => {
    const lastUsed = { name: 'x', image: 'evil.example/jupyter-scipy:v1.11.0', fields: {} };
    assert.match(String(shown({ lastUsed }, false)[0]![1]), /evil\.example\/jupyter-scipy:v1\.11\.0$/);
  });
  it('has the built-in ones when it is known what the cluster offers, below the others', () => {
    assert.deepEqual(shown({}, false), []);
  });
  it('says of a file what is wrong with it, and offers to open it only', async () => {
    const user = await folderOf({ 'a.yaml': `${head}cpus: 2\nx: 1` }).list();
    const [group] = templateGroups(inEnglish, { ...nothing, user }, options(), { namespace: 'alice', settled: false });
    const [row] = group!.rows;
    assert.equal(row!.detail, 'Line 2: cpus is no key of a template. Do you mean cpu? And 1 more.');
    assert.deepEqual([row!.actions, row!.template], [['file', 'delete'], undefined]);
  });
  it('says why those of a workspace that is not trusted are not there', () => {
    assert.deepEqual(shown({ untrusted: true }, false), [
      [
        'This workspace',
        '$(shield) Its templates are not offered | This workspace is not trusted. Choose this to change that.',
      ],
    ]);
  });
  it('counts what is beyond, and tells of a folder that cannot be read', () => {
    const user = { files: [], more: 3, trouble: 'No connection' };
    assert.deepEqual(shown({ user }, false), [
      ['Yours', '3 more are not shown', '$(warning) Templates cannot be read | No connection'],
    ]);
  });
});

describe('What is wrong with a template, in words', () => {
  const said = (text: string) => {
    const found = parseTemplate(head + text);
    return 'problems' in found ? problemWords(inEnglish, found.problems) : '';
  };
  it('is a sentence with the line', () => {
    assert.equal(
      said('environment: [{ name: A, value: b }]'),
      'Line 2: A template holds no values of variables. They are asked for, or come from a secret: remove environment.1.value.',
    );
    assert.equal(said('type: Jupyter'), 'Line 2: type has to be one of these: jupyter, vscode, rstudio.');
    assert.equal(said('a: &x 1'), 'Line 2: A template has no anchors and aliases.');
  });
  it('shows nothing of a hostile key but a line', () => {
    assert.equal(
      said(`"a\\u202e\\n\\u001b[31m${'b'.repeat(100)}": 1`),
      `Line 2: a [31m${'b'.repeat(53)}… is no key of a template.`,
    );
  });
  it('has a sentence for every kind of problem', () => {
    for (const text of [
      'cpu: x',
      'memory: x',
      'cpuLimit: x',
      'memoryLimit: x',
      'gpus: { a: x }',
      'sharedMemory: x',
      'labels: 1',
      'dataVolumes: 1',
      'name: 1',
      'workspace: { existing: a, readOnly: 1 }',
      'workspace: {}',
      'gpuModel: {}',
      '1: 2',
      'a: !x 1',
      '"',
    ])
      assert.match(said(text), /^Line [23]: .*\.$/, text);
  });
});
