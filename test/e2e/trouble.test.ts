import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inOrder } from './inOrder.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { NotebookEditor } from './notebook.ts';
import { Session } from './session.ts';
import { shoot } from './shots.ts';

const image = 'registry.example/lab/jupyter:1';
/** Notebooks as people write them by hand: what Kubeflow's own form always fills in is missing. */
const byHand = [
  { name: 'plain', spec: { containers: [{ name: 'plain', image }] } },
  { name: 'renamed', spec: { containers: [{ name: 'jupyter', image }] } },
  {
    name: 'homeless',
    spec: {
      containers: [{ name: 'homeless', image, volumeMounts: [{ name: 'home', mountPath: '/home/jovyan' }] }],
      volumes: [{ name: 'home', persistentVolumeClaim: { claimName: 'gone' } }],
    },
  },
].map(({ name, spec }) => ({
  apiVersion: 'kubeflow.org/v1',
  kind: 'Notebook',
  metadata: { name, namespace: 'alice', annotations: { 'notebooks.kubeflow.org/last-activity': 'never' } },
  spec: { template: { spec } },
}));
const counting = `import time
for i in range(300):
    print("count", i, flush=True)
    time.sleep(0.5)`;

describe('trouble, each with a sentence while the rest goes on', () => {
  let folder: string;
  let kubeconfig: string;
  const open = inOrder(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kubeflow-trouble-'));
    kubeconfig = join(folder, 'config');
    return Session.open('alice', { env: { KUBECONFIG: kubeconfig } });
  });
  const parts = () => {
    const { workbench, lab } = open.session;
    const { page } = workbench;
    return {
      workbench,
      lab,
      page,
      says: (text: string | RegExp) => page.locator('.sidebar').getByText(text).waitFor(),
    };
  };
  const switchTo = async (context: string) => {
    const { workbench } = parts();
    await workbench.command('Kubeflow: Switch Context');
    await workbench.input.fill(context);
    await workbench.pick(context);
    await workbench.statusBar.getByText(context, { exact: true }).waitFor();
  };

  after(async () => {
    const { lab } = open.session;
    await lab.proxy.clear();
    await lab.kubectl([
      'delete',
      'notebooks',
      '-n',
      'alice',
      '--ignore-not-found',
      ...byHand.map((n) => n.metadata.name),
    ]);
    await rm(folder, { recursive: true, force: true });
  });

  it('no kubeconfig', async () => {
    const { workbench, page, says } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await says('There is no kubeconfig on this computer.');
    await page.locator('.sidebar').getByRole('button', { name: 'Choose Kubeconfig' }).waitFor();
    await shoot(page, 'no-kubeconfig');
  });

  it('a malformed kubeconfig, as soon as it is there', async () => {
    const { workbench, says } = parts();
    await writeFile(kubeconfig, 'apiVersion: v1\nclusters: [\n: :\n');
    await says(/The kubeconfig .* cannot be read: line \d+/);
    await workbench.row('Choose Kubeconfig').waitFor();
  });

  it('a server that cannot be reached, which is tried again', async () => {
    const { workbench, page, lab, says } = parts();
    await writeKubeconfig(lab, kubeconfig, {
      unreachable: { who: 'alice', server: 'https://127.0.0.1:9' },
      expired: { who: 'alice', token: 'no-token-of-this-cluster' },
      'not-kubeflow': { who: 'alice', at: 'proxy' },
      nobody: { who: 'dave' },
      viewer: { who: 'carol' },
      owner: { who: 'alice', at: 'proxy' },
    });
    await says(/unreachable does not answer at 127\.0\.0\.1:9\. .* Trying again/);
    await workbench.row('Retry').waitFor();
    await shoot(page, 'unreachable');
  });

  it('a token that the cluster does not accept', async () => {
    const { workbench, says } = parts();
    await switchTo('expired');
    await says('expired does not accept your sign-in.');
    await workbench.row('Retry').waitFor();
  });

  it('a cluster without Kubeflow', async () => {
    const { workbench, page, lab, says } = parts();
    await lab.proxy.set({ match: { path: '^/apis/kubeflow\\.org/' }, do: { kind: 'status', status: 404 } });
    await switchTo('not-kubeflow');
    await says('This cluster has no Kubeflow notebook servers');
    await shoot(page, 'no-kubeflow');
    assert.equal(await workbench.tree.getByRole('treeitem').count(), 0);
    await lab.proxy.clear();
  });

  it('a user without any right, and a namespace that they may not see', async () => {
    const { workbench, says } = parts();
    await switchTo('nobody');
    await says('No profiles are known yet.');
    await workbench.command('Kubeflow: Add Namespace...');
    await workbench.enter('alice');
    await workbench.notification(/You may not see notebook servers in alice/).waitFor();
  });

  it('Notebooks that were written by hand, seen by somebody who may only look', async () => {
    const { workbench, page, lab } = parts();
    await lab.kubectl(['apply', '-f', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: byHand }),
    });
    await switchTo('viewer');
    await workbench.row(/^Notebook server homeless, The volume gone does not exist/).waitFor({ timeout: 60_000 });
    await workbench.row(/^Notebook server plain, Running/).waitFor({ timeout: 60_000 });
    await workbench.row(/^Notebook server renamed, Running/).waitFor({ timeout: 60_000 });
    await workbench.command('Kubeflow: Stop');
    await workbench.pick('plain');
    await workbench.notification('You can view alice but not start, stop or edit servers in it').waitFor();
    await shoot(page, 'viewer');
    // The message would cover the form's buttons.
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('a connection that is cut: the rows stay, and say as of when', async () => {
    const { workbench, page, lab, says } = parts();
    // A context without rows comes between: what is seen next is the owner's, not what the viewer still had on the screen.
    await switchTo('nobody');
    await says('No profiles are known yet.');
    await workbench.row('Notebook server plain').waitFor({ state: 'detached' });
    await switchTo('owner');
    await workbench.row('Notebook server plain').waitFor();
    await lab.proxy.set({ do: { kind: 'cut' } });
    await lab.proxy.cut();
    await says(/owner does not answer at .* Trying again/);
    await workbench.tree
      .getByText(/as of \d/)
      .first()
      .waitFor();
    await shoot(page, 'cut');
    await lab.proxy.clear();
    await workbench.tree
      .getByText(/as of \d/)
      .first()
      .waitFor({ state: 'detached', timeout: 30_000 });
  });

  it('a pod that ends under a running cell, and its successor runs the cell again', async () => {
    const { workbench, page, lab } = parts();
    const notebook = new NotebookEditor(page);
    await workbench.inline(workbench.row('Notebook server plain'), 'Connect');
    await workbench.pick('New notebook...');
    await notebook.shown();
    await notebook.kernel(/plain/).waitFor();
    await notebook.write(0, counting);
    await notebook.run(0);
    await notebook.output(/count 1/);
    await lab.kubectl(['delete', 'pod', 'plain-0', '-n', 'alice', '--force', '--grace-period=0']);
    await notebook.output('plain was restarted, and the kernel with it. Its variables are gone; your notebook is not.');
    await workbench.notification(/^plain was restarted/).waitFor();
    await page.locator('.notifications-toasts').getByRole('button', { name: 'Restart Kernel' }).waitFor();
    await shoot(page, 'pod-ended');
    await workbench.row(/^Notebook server plain, Running/).waitFor({ timeout: 60_000 });
    await notebook.write(0, 'print("and on", 6 * 7)');
    await notebook.run(0);
    await notebook.output('and on 42');
  });
});
