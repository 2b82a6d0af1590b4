/** Rights, and refusals that are none of a right. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../../src/k8s/cluster.ts';
import { isKubeError, type KubeError } from '../../../src/k8s/errors.ts';
import { notebooks } from '../../../src/kubeflow/objects.ts';
import { kubeWords } from '../../../src/views/words/kube.ts';
import { inEnglish } from '../../../src/views/words/translate.ts';
import { clusterOf } from '../support/lab.ts';
import { smallNotebook } from '../support/notebooks.ts';
import type { Case, Fault } from './row.ts';
import { namespace, type World } from './world.ts';

const grant = ({ kubectl }: World) =>
  kubectl(
    '-n',
    namespace,
    'create',
    'rolebinding',
    'carol-views',
    '--clusterrole=kubeflow-view',
    '--user=carol@example.com',
  );
const profile = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'Profile',
  metadata: { name: 'passing' },
  spec: { owner: { kind: 'User', name: 'bob@example.com' } },
};

/** Whether an error says so; one that says something else is thrown on. */
const says =
  (what: RegExp) =>
  (error: unknown): boolean => {
    if (error instanceof Error && what.test(error.message)) return true;
    throw error;
  };

/** Tries to make a notebook server, without making it. */
async function refused(cluster: Cluster, name: string): Promise<KubeError | undefined> {
  try {
    await cluster.create(notebooks, smallNotebook(name, namespace), { namespace, dryRun: true });
    return undefined;
  } catch (error) {
    if (isKubeError(error)) return error;
    throw error;
  }
}

/** Refused with this, in words that speak of no right; and accepted again when it is gone. */
async function refusal(
  { lab, until }: World,
  o: { by: 'quota' | 'policy'; words: RegExp; make: () => Promise<unknown>; undo: () => Promise<unknown> },
): Promise<void> {
  const cluster = await clusterOf(lab, 'bob', { at: 'proxy' });
  try {
    assert.equal(await refused(cluster, 'refused'), undefined);
    await o.make();
    let error: KubeError | undefined;
    await until('it is refused', async () => (error = await refused(cluster, 'refused')) !== undefined);
    const { problem } = error!;
    assert.equal(problem.code === 'Refused' && problem.by, o.by, error!.message);
    const { text } = kubeWords(inEnglish, problem);
    assert.match(text, o.words);
    assert.doesNotMatch(text, /may not|right|needs:/);
    await o.undo();
    await until('it is accepted', async () => (await refused(cluster, 'refused')) === undefined, 10);
  } finally {
    cluster.dispose();
  }
}

export const rights: (Fault | Case)[] = [
  {
    name: 'a right to list that is taken away and given back',
    who: 'carol',
    visible: [namespace],
    prepare: grant,
    make: async ({ lab, kubectl, until }) => {
      await kubectl('-n', namespace, 'delete', 'rolebinding', 'carol-views');
      const may = ['-n', namespace, 'auth', 'can-i', 'list', 'notebooks.kubeflow.org', '--as=carol@example.com'];
      await until('the right is gone', () => kubectl(...may).then(() => false, says(/: no$/)));
      // A watch that is open goes on without the right.
      await lab.proxy.cut();
    },
    sees: { rows: 'any', also: ({ profiles }) => profiles[namespace] === 'denied' },
    undo: grant,
    detectable: { after: 8, because: 'what was refused is asked for again every 8 s' },
    cleanUp: ({ kubectl }) => kubectl('-n', namespace, 'delete', 'rolebinding', 'carol-views', '--ignore-not-found'),
  },
  {
    name: 'a cluster whose Kubeflow is gone for a while (404)',
    make: async ({ lab }) => {
      await lab.proxy.set({
        match: { path: '^/apis/kubeflow.org/' },
        do: { kind: 'status', status: 404, body: '404 page not found\n' },
      });
      await lab.proxy.cut();
    },
    sees: { face: 'kubeflowMissing', rows: 'any' },
    undo: ({ lab }) => lab.proxy.clear(),
    detectable: { after: 8, because: 'what was missing is asked for again every 8 s' },
  },
  {
    name: 'a profile that is deleted under us with its namespace, and made again',
    prepare: async (world) => {
      await world.apply(profile);
      await world.until('its namespace', async () =>
        /passing/.test(await world.kubectl('get', 'namespaces', '-o', 'name')),
      );
      await world.apply({
        ...smallNotebook('passes', 'passing'),
        metadata: { name: 'passes', namespace: 'passing', annotations: { 'kubeflow-resource-stopped': 'x' } },
      });
    },
    make: ({ kubectl }) => kubectl('delete', 'profile', 'passing', '--wait=false'),
    sees: {
      rows: 'any',
      also: ({ profiles, rows }) => !('passing' in profiles) && !('passing/passes' in rows),
      within: 60,
    },
    undo: async (world) => {
      await world.until(
        'the namespace is gone',
        async () => !/passing/.test(await world.kubectl('get', 'namespaces', '-o', 'name')),
      );
      await world.apply(profile);
    },
    cleanUp: ({ kubectl }) => kubectl('delete', 'profile', 'passing', '--ignore-not-found', '--wait=false'),
  },
  {
    name: 'a quota that refuses is no missing right',
    run: (world) => {
      const name = 'no-notebooks';
      return refusal(world, {
        by: 'quota',
        words: /quota/,
        make: () =>
          world.apply({
            apiVersion: 'v1',
            kind: 'ResourceQuota',
            metadata: { name, namespace },
            spec: { hard: { 'count/notebooks.kubeflow.org': '0' } },
          }),
        undo: () => world.kubectl('-n', namespace, 'delete', 'resourcequota', name),
      });
    },
  },
  {
    name: 'a policy that refuses is no missing right',
    run: (world) => {
      const name = 'refuses-notebooks';
      const admission = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name } };
      return refusal(world, {
        by: 'policy',
        words: /policy/i,
        make: () =>
          world.apply(
            {
              ...admission,
              kind: 'ValidatingAdmissionPolicy',
              spec: {
                failurePolicy: 'Fail',
                matchConstraints: {
                  resourceRules: [
                    {
                      apiGroups: ['kubeflow.org'],
                      apiVersions: ['*'],
                      operations: ['CREATE'],
                      resources: ['notebooks'],
                    },
                  ],
                },
                validations: [{ expression: "object.metadata.name != 'refused'", message: 'this name is not wanted' }],
              },
            },
            {
              ...admission,
              kind: 'ValidatingAdmissionPolicyBinding',
              spec: { policyName: name, validationActions: ['Deny'] },
            },
          ),
        undo: () =>
          world.kubectl('delete', `validatingadmissionpolicybinding/${name}`, `validatingadmissionpolicy/${name}`),
      });
    },
  },
];
