import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  connectLink,
  extensionId,
  formLink,
  parseLink,
  type FormLink,
  type Link,
} from '../../../src/kubeflow/links.ts';
import { longestQuery } from '../../../src/kubeflow/links/query.ts';
import { formIn, hostileTexts } from '../../support/formStates.ts';

const server = { context: 'prod', fingerprint: '0123456789abcdef', namespace: 'alice', name: 'mnist' };

/** As VS Code hands a link over: what is encoded in it is decoded once. */
function opened(link: string): { path: string; query: string } {
  const [, path = '', query = ''] = /^[-\w]+:\/\/[^/]+(\/[^?]*)\?(.*)$/s.exec(link) ?? [];
  return { path: decodeURIComponent(path), query: decodeURIComponent(query) };
}

function linkOf(text: { path: string; query: string }): Link {
  const parsed = parseLink(text);
  assert.ok('link' in parsed, JSON.stringify(parsed));
  return parsed.link;
}

function problemOf(query: string, path = '/connect'): unknown {
  const parsed = parseLink({ path, query });
  return 'problem' in parsed ? parsed.problem : parsed;
}

const connect = 'context=prod&namespace=alice&name=mnist';

describe('a link to a server', () => {
  it('names this extension, as its manifest does', () => {
    const { publisher, name } = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, string>;
    assert.equal(extensionId, `${publisher}.${name}`);
  });

  it('can be read by people', () => {
    assert.equal(
      connectLink('vscode', { ...server, file: 'work/train.ipynb' }),
      'vscode://kubeflow-notebooks.kubeflow-notebooks/connect?context=prod&cluster=0123456789abcdef&namespace=alice&name=mnist&file=work/train.ipynb',
    );
  });

  for (const context of [
    'kind-kind',
    'arn:aws:eks:eu-1:12:cluster/a',
    'me@prod',
    'a b&c=d#e%f+g?h',
    '클러스터',
    "it's (ours)!*",
  ])
    it(`means what it was made of, on the context ${context}`, () => {
      const link = linkOf(opened(connectLink('vscode', { ...server, context })));
      assert.deepEqual(link, { kind: 'connect', ...server, context });
    });

  for (const file of ['a b.ipynb', 'x&name=other', '100%.txt', '%2e%2e/x', 'ü/한국어 👩‍🔬 #1+2.py', 'a=b'])
    it(`means what it was made of, with the file ${file}`, () => {
      const link = linkOf(opened(connectLink('code-oss', { ...server, file })));
      assert.deepEqual(link, { kind: 'connect', ...server, file });
    });

  it('may be written by hand, without the cluster', () => {
    assert.deepEqual(linkOf({ path: '/connect', query: connect }), {
      kind: 'connect',
      context: 'prod',
      fingerprint: undefined,
      namespace: 'alice',
      name: 'mnist',
    });
  });

  it('is followed without what it says beside, which is named', () => {
    const parsed = parseLink({ path: '/connect', query: `${connect}&run=1&cell=rm` });
    assert.deepEqual('ignored' in parsed && parsed.ignored, ['run', 'cell']);
  });
});

describe('a hostile link', () => {
  const refused = (key: string) => ({ code: 'refused', key });
  const rows: [what: string, query: string, problem: unknown][] = [
    ['an upward step', `${connect}&file=../../etc/passwd`, refused('file')],
    ['an upward step that is encoded twice', `${connect}&file=%2e%2e/x`, refused('file')],
    ['an upward step in the middle', `${connect}&file=a/../../x`, refused('file')],
    ['an absolute path', `${connect}&file=/etc/passwd`, refused('file')],
    ['a path of Windows', `${connect}&file=a\\..\\x`, refused('file')],
    ['an empty step', `${connect}&file=a//b`, refused('file')],
    ['a folder', `${connect}&file=a/`, refused('file')],
    ['an empty path', `${connect}&file=`, refused('file')],
    ['a NUL', `${connect}&file=a%00.ipynb`, refused('file')],
    ['a line break in a path', `${connect}&file=a%0Ab`, refused('file')],
    ['a turned direction', `${connect}&file=a\u202egpj.ipynb`, refused('file')],
    ['a letter that cannot be seen', `${connect}&file=train\u200b.ipynb`, refused('file')],
    ['a tag that cannot be seen', `${connect}&file=train\u{e0041}.ipynb`, refused('file')],
    ['a namespace that is a path', 'context=prod&namespace=../kube-system&name=mnist', refused('namespace')],
    ['a server that is a path', 'context=prod&namespace=alice&name=a/../b', refused('name')],
    ['a server with a line break', 'context=prod&namespace=alice&name=a%0Ab', refused('name')],
    ['a server in capitals', 'context=prod&namespace=alice&name=MNIST', refused('name')],
    ['a long server', `context=prod&namespace=alice&name=${'a'.repeat(254)}`, refused('name')],
    ['a context with a line break', 'context=prod%0A%0AIt is safe&namespace=alice&name=a', refused('context')],
    ['a context that turns its direction', 'context=\u202edorp&namespace=alice&name=a', refused('context')],
    ['a context that cannot be seen', 'context=pr\u200bod&namespace=alice&name=a', refused('context')],
    ['a long context', `context=${'a'.repeat(254)}&namespace=alice&name=a`, refused('context')],
    ['no context', 'context=&namespace=alice&name=a', refused('context')],
    ['a cluster that is no fingerprint', `${connect}&cluster=https://evil`, refused('cluster')],
    ['a short fingerprint', `${connect}&cluster=a`, refused('cluster')],
    ['nothing', '', { code: 'missing', key: 'context' }],
    ['no name', 'context=prod&namespace=alice', { code: 'missing', key: 'name' }],
    ['two contexts', `${connect}&context=other`, { code: 'damaged' }],
    ['half an escape', `${connect}&file=%`, { code: 'damaged' }],
    ['bytes that are no text', `${connect}&file=%ff`, { code: 'damaged' }],
    ['a long value', `${connect}&x=${'a'.repeat(1025)}`, { code: 'damaged' }],
    ['a long query', `${connect}${'&'.repeat(longestQuery)}`, { code: 'damaged' }],
    ['many values', `${connect}&${Array.from({ length: 200 }, (_, n) => `k${n}=1`).join('&')}`, { code: 'damaged' }],
  ];
  for (const [what, query, problem] of rows)
    it(`is not followed: ${what}`, () => {
      assert.deepEqual(problemOf(query), problem);
    });

  for (const path of ['', '/', '/connect/', '/launch', '/connect/../new', '//connect', '/Connect'])
    it(`is not followed: the path ${JSON.stringify(path)}`, () => {
      assert.deepEqual(problemOf(connect, path), { code: 'unknownKind' });
    });

  it('cannot bring in a key of JavaScript', () => {
    const parsed = parseLink({ path: '/new', query: '__proto__=x&constructor=y&env=A&serviceAccount=admin' });
    assert.deepEqual(parsed, {
      link: { kind: 'new', context: undefined, fingerprint: undefined, namespace: undefined, form: {} },
      ignored: ['__proto__', 'constructor', 'env', 'serviceAccount'],
    });
  });

  it('never throws, whatever stands in it', () => {
    for (const text of hostileTexts)
      for (const key of ['context', 'file', 'image', 'gpus', 'data.0.size', 'workspace', text])
        for (const path of ['/connect', '/new'])
          assert.doesNotThrow(() => parseLink({ path, query: `${key}=${text}` }), JSON.stringify([key, text]));
  });

  it('is not made either, of a file whose name holds half a character', () => {
    assert.doesNotThrow(() => connectLink('vscode', { ...server, file: 'a\ud800' }));
  });
});

describe('a link to the form', () => {
  const formOf = (query: string) => (linkOf({ path: '/new', query }) as FormLink).form;

  it('can be read by people', () => {
    const link = formLink('vscode', server, { ...formIn('a GPU', 'gpu-1'), memoryLimit: '4' });
    assert.equal(
      decodeURIComponent(link.slice(link.indexOf('&namespace'))),
      '&namespace=alice&name=gpu-1&type=jupyter&image=ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.11.0&pull=IfNotPresent' +
        '&cpu=0.5&memory=1&memoryLimit=4&gpus=nvidia.com/gpu:1&shm=true&workspace.size=5&workspace.mountPath=/home/jovyan&data=none',
    );
  });

  it('says only what it says: the rest begins as usual', () => {
    assert.deepEqual(formOf('cpu=2'), { cpu: '2' });
    assert.deepEqual(formOf(''), {});
  });

  const refused: [what: string, query: string, key: string][] = [
    ['an image with a space', 'customImage=a b', 'customImage'],
    ['an image that is an address', 'customImage=https://evil/x', 'customImage'],
    ['a second image behind the first', 'image=evil/x&customImage=a/b', 'customImage'],
    ['an endless image', `image=${'a'.repeat(600)}`, 'image'],
    ['a type that there is not', 'type=group-one', 'type'],
    ['words for cores', 'cpu=all of them', 'cpu'],
    ['a script for memory', 'memory=<script>', 'memory'],
    ['a device without a number', 'gpus=nvidia.com/gpu', 'gpus'],
    ['a device with two', 'gpus=nvidia.com/gpu:1:2', 'gpus'],
    ['many devices', `gpus=${Array.from({ length: 30 }, (_, n) => `a.b/c${n}:1`).join()}`, 'gpus'],
    ['a volume over the root', 'workspace.mountPath=/', 'workspace.mountPath'],
    ['a volume that steps up', 'data.0.mountPath=/a/../../etc', 'data.0.mountPath'],
    ['a mode that there is not', 'data.0.accessMode=All', 'data.0.accessMode'],
    ['a claim that is a path', 'data.0.name=../x', 'data.0.name'],
    ['a volume that exists', 'workspace=old-workspace', 'workspace'],
    ['a volume and none', 'workspace=none&workspace.size=5', 'workspace'],
    ['data and none', 'data=none&data.0.size=5', 'data'],
    ['many volumes', Array.from({ length: 30 }, (_, n) => `data.${n}.size=1`).join('&'), 'data'],
    ['shared memory of a kind', 'shm=maybe', 'shm'],
  ];
  for (const [what, query, key] of refused)
    it(`is not followed: ${what}`, () => {
      assert.deepEqual(problemOf(query, '/new'), { code: 'refused', key });
    });

  for (const key of [
    'env.0.value',
    'secretFiles',
    'imagePullSecrets',
    'serviceAccount',
    'configurations',
    'labels',
    'data.0.claim',
    'data.0.source',
    'data.0.subPath',
    'nodeSelector',
  ])
    it(`does not take ${key}`, () => {
      const parsed = parseLink({ path: '/new', query: `cpu=1&${key}=x` });
      assert.deepEqual(parsed, {
        link: { kind: 'new', context: undefined, fingerprint: undefined, namespace: undefined, form: { cpu: '1' } },
        ignored: [key],
      });
    });
});
