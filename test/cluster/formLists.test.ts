import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../../lab/folders.ts';
import type { Lab, Person } from '../../lab/index.ts';
import { clusterConfigText } from '../../src/kubeflow/form/clusterConfig.ts';
import { FormNames, configMapKeys, nameLists } from '../../src/kubeflow/form/nameLists.ts';
import { clusterOf, lab as theLab } from './support/lab.ts';
import { onTheWire } from './support/wire.ts';

/** In the values alone, as text and as the API writes it. */
const value = 'hunter2-never-on-the-wire';
const encoded = Buffer.from(value).toString('base64');
const label = 'form-lists-test';

describe('what the form lists by name, against a real API server', function () {
  this.timeout(60_000);
  let lab: Lab;

  before(async function () {
    this.timeout(600_000);
    lab = await theLab();
    const secret = (name: string, type: string, stringData: Record<string, string>) => ({
      ...{ apiVersion: 'v1', kind: 'Secret', type, stringData },
      metadata: { name, namespace: 'alice', labels: { [label]: 'true' } },
    });
    const items = [
      secret('wandb', 'Opaque', { key: value }),
      secret('sh.helm.release.v1.app.v1', 'helm.sh/release.v1', { release: value }),
      secret('registry', 'kubernetes.io/dockerconfigjson', {
        '.dockerconfigjson': JSON.stringify({ auths: { [value]: {} } }),
      }),
      {
        ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { region: 'eu', stage: 'test' } },
        metadata: { name: 'settings', namespace: 'alice', labels: { [label]: 'true' } },
      },
    ];
    // By `apply`, which leaves a copy of the values in an annotation.
    const list = { apiVersion: 'v1', kind: 'List', items };
    await lab.kubectl(['apply', '-f', '-'], { input: JSON.stringify(list) });
  });
  after(() => lab?.kubectl(['-n', 'alice', 'delete', 'secrets,configmaps', '-l', label]));

  async function as<T>(who: Person, work: (wire: Awaited<ReturnType<typeof onTheWire>>) => Promise<T>): Promise<T> {
    const wire = await onTheWire(lab, who);
    try {
      return await work(wire);
    } finally {
      wire.close();
    }
  }

  it('has the names and types of secrets, and the names of config maps and service accounts', async () => {
    const lists = await as('alice', ({ cluster }) => nameLists(cluster, 'alice'));
    const mine = lists.secrets?.filter(({ name }) => /^(wandb|registry|sh\.helm)/.test(name));
    assert.deepEqual(mine, [
      { name: 'registry', type: 'kubernetes.io/dockerconfigjson' },
      { name: 'sh.helm.release.v1.app.v1', type: 'helm.sh/release.v1' },
      { name: 'wandb', type: 'Opaque' },
    ]);
    assert.ok(lists.configMaps?.includes('settings'));
    assert.ok(lists.serviceAccounts?.includes('default-editor'));
  });

  it('brings no value of a secret over the wire, nor the copy that kubectl apply keeps in an annotation', async () => {
    await as('alice', async ({ cluster, answers }) => {
      await nameLists(cluster, 'alice');
      assert.equal(answers.length, 3);
      for (const { accept, text } of answers) {
        assert.match(accept, /^application\/json;as=Table;/);
        assert.equal((JSON.parse(text) as { kind: string }).kind, 'Table');
        assert.ok(!text.includes(value) && !text.includes(encoded), 'a value came along');
        assert.ok(!text.includes('last-applied-configuration') && !text.includes('"annotations"'));
      }
      assert.ok(answers.some(({ text }) => text.includes('wandb')));
    });
  });

  it('tells what may not be listed from what is not there', async () => {
    const lists = await as('carol', ({ cluster }) => nameLists(cluster, 'alice'));
    assert.equal(lists.secrets, undefined);
    assert.ok(lists.configMaps?.includes('settings'));
    assert.deepEqual(await as('dave', ({ cluster }) => nameLists(cluster, 'alice')), {});
  });

  it('has the keys of a config map, and none of one that is not there', async () => {
    await as('alice', async ({ cluster }) => {
      assert.deepEqual(await configMapKeys(cluster, 'alice', 'settings'), ['region', 'stage']);
      assert.equal(await configMapKeys(cluster, 'alice', 'gone'), undefined);
    });
  });

  it('gives the form what is known by now, and asks no second time at once', async () => {
    await as('carol', async ({ cluster }) => {
      let now = 0;
      const names = new FormNames(cluster, () => now);
      assert.deepEqual(names.options.unlisted, {});
      assert.equal(names.isFresh('alice'), false);
      assert.equal(names.isFresh('alice'), true);
      now += 60_000;
      assert.equal(names.isFresh('alice'), false);
      const { signal } = new AbortController();
      await names.readLists('alice', signal);
      await names.readKeys('alice', 'settings', signal);
      const { options } = names;
      assert.deepEqual(options.unlisted, { alice: ['secrets'] });
      assert.equal(options.secrets?.['alice'], undefined);
      assert.deepEqual(options.configMapKeys, { alice: { settings: ['region', 'stage'] } });
    });
  });

  it("lets everybody read the cluster's configuration of the form, once an admin has applied what the docs say", async () => {
    const page = await readFile(join(repository, 'docs', 'form-configuration.md'), 'utf8');
    const yaml = [...page.matchAll(/```yaml\n(.*?)```/gs)]
      .map(([, text]) => text ?? '')
      .find((t) => t.includes('kind: Role'));
    assert.ok(yaml);
    const alice = await clusterOf(lab, 'alice');
    try {
      assert.equal(await clusterConfigText(alice), undefined);
      await lab.kubectl(['apply', '-f', '-'], { as: 'admin', input: yaml });
      // The API server's own list of roles follows within moments.
      let text: string | undefined;
      while ((text = await clusterConfigText(alice)) === undefined) await new Promise(setImmediate);
      assert.match(text, /^spawnerFormDefaults:/);
    } finally {
      alice.dispose();
      await lab.kubectl(['delete', '--ignore-not-found', '-f', '-'], { as: 'admin', input: yaml });
    }
  });
});
