import assert from 'node:assert/strict';
import type { FrameLocator } from 'playwright-core';
import { inOrder } from './inOrder.ts';
import { narrow, overFooter } from './narrow.ts';
import { Session } from './session.ts';
import { clipped, shoot } from './shots.ts';

const name = 'mnist';
const image = 'ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.11.0';

/** As somebody would write it by hand: with a volume, and something that the form does not know. */
function server(of: string, change: { image?: string } = {}): string {
  const volume = `${of}-workspace`;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: volume, labels: { app: of } },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
      {
        apiVersion: 'kubeflow.org/v1',
        kind: 'Notebook',
        metadata: { name: of, labels: { app: of } },
        spec: {
          template: {
            spec: {
              terminationGracePeriodSeconds: 1,
              containers: [
                {
                  name: of,
                  image: change.image ?? image,
                  resources: { requests: { cpu: '0.1', memory: '128Mi' } },
                  volumeMounts: [{ name: volume, mountPath: '/home/jovyan' }],
                },
              ],
              volumes: [{ name: volume, persistentVolumeClaim: { claimName: volume } }],
            },
          },
        },
      },
    ],
  });
}

/** A fold's part of the form, unfolded. */
async function unfold(form: FrameLocator, title: string): Promise<void> {
  const summary = form.locator('summary', { hasText: title });
  await summary.focus();
  await summary.press('Enter');
}

describe('a server that stands, edited and cloned as alice', () => {
  const open = inOrder(() => Session.open('alice', { viewport: { width: 1500, height: 1000 } }));
  const parts = () => {
    const { workbench, lab } = open.session;
    const { page } = workbench;
    const kubectl = (args: string[], input?: string) => lab.kubectl(['-n', 'alice', ...args], { input });
    return { workbench, page, kubectl, form: workbench.webview, summary: workbench.webview.locator('.summary') };
  };
  const running = (of: string) => new RegExp(`^Notebook server ${of}, Running`);

  it('opens its form filled in, with its name and place fixed', async () => {
    const { workbench, kubectl, form, summary } = parts();
    await kubectl(['apply', '-f', '-'], server(name));
    await workbench.openView('Kubeflow Notebooks');
    await workbench.row(running(name)).waitFor({ timeout: 120_000 });
    await workbench.menu(workbench.row(running(name)), 'Edit...');
    await form.getByRole('heading', { name: `Edit ${name}` }).waitFor();
    await summary.getByText('Nothing is changed yet.').waitFor();
    assert.equal(await form.getByRole('textbox', { name: 'Name', exact: true }).isDisabled(), true);
    assert.equal(await form.getByRole('textbox', { name: 'CPU', exact: true }).inputValue(), '0.1');
  });

  it('says what changes and what restarts', async () => {
    const { form, summary } = parts();
    await form.getByRole('textbox', { name: 'CPU', exact: true }).fill('0.2');
    await summary.getByText('CPU: 0.1 → 0.2').waitFor();
    await summary.getByText('The server restarts.').waitFor();
    await unfold(form, 'Advanced');
    await form.getByRole('button', { name: 'Add Label' }).click();
    await form.getByRole('textbox', { name: 'Label 1: Key' }).fill('team');
    await form.getByRole('textbox', { name: 'Label 1: Value' }).fill('blue');
    await summary.getByText('Label team: none → blue').waitFor();
    await form.getByRole('button', { name: 'Save and Restart' }).waitFor();
  });

  for (const [label, shot] of [
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'high-contrast'],
    ['Dark Modern', 'dark'],
  ] as const) {
    it(`cuts nothing off in ${label}`, async () => {
      const { workbench, page, form, summary } = parts();
      await workbench.theme(label);
      await summary.getByText('Label team: none → blue').waitFor();
      await form.getByRole('heading', { name: `Edit ${name}` }).scrollIntoViewIfNeeded();
      assert.deepEqual(await clipped(form.locator('body')), []);
      await shoot(page, `edit-${shot}`);
    });
  }

  it('needs no scrolling sideways at 320 px', async () => {
    const { page, form } = parts();
    const sticksOut = await narrow(page, form);
    await shoot(page, 'edit-narrow');
    assert.ok(sticksOut <= 0, `${sticksOut} px stick out`);
    assert.deepEqual(await overFooter(form), [], 'what is over the footer');
    await page.setViewportSize({ width: 1500, height: 1000 });
  });

  it('shows the changes in a diff editor', async () => {
    const { workbench, page, form, summary } = parts();
    await summary.getByRole('button', { name: 'Show Changes' }).click();
    await workbench.editorTab(`Changes of ${name}`).waitFor();
    await page.locator('.monaco-diff-editor .view-lines').getByText('blue').first().waitFor();
    await shoot(page, 'edit-diff');
    await workbench.command('View: Close Editor');
    await form.getByText('Ready to save.').waitFor();
  });

  it('tells of a change by somebody else, and keeps what was typed over a reload', async () => {
    const { page, kubectl, form, summary } = parts();
    const theirs = { spec: { template: { spec: { enableServiceLinks: false } } } };
    await kubectl(['patch', 'notebook', name, '--type=merge', '-p', JSON.stringify(theirs)]);
    await summary.getByText(`${name} was changed in the cluster meanwhile.`).waitFor();
    await shoot(page, 'edit-meanwhile');
    await form.getByRole('button', { name: 'Save and Restart' }).click();
    await form.getByText('so nothing was saved').waitFor();
    await summary.getByRole('button', { name: 'Reload' }).click();
    await summary.getByText(`${name} was changed in the cluster meanwhile.`).waitFor({ state: 'hidden' });
    await summary.getByText('Label team: none → blue').waitFor();
    assert.equal(await form.getByRole('textbox', { name: 'CPU', exact: true }).inputValue(), '0.2');
  });

  it('saves, restarts the server, and the row goes on', async () => {
    const { workbench, page, kubectl, form } = parts();
    await form.getByRole('button', { name: 'Save and Restart' }).click();
    await form.getByRole('heading', { name: `Saving ${name}` }).waitFor();
    await form.getByText('The notebook server is running.').waitFor({ timeout: 120_000 });
    await shoot(page, 'edit-saved');
    await workbench.row(running(name)).waitFor();
    const pod = JSON.parse(await kubectl(['get', 'pod', `${name}-0`, '-o', 'json'])) as Pod;
    assert.equal(pod.metadata.labels['team'], 'blue');
    assert.equal(pod.spec.containers[0]?.resources.requests['cpu'], '200m');
    const notebook = JSON.parse(await kubectl(['get', 'notebook', name, '-o', 'json'])) as Notebook;
    assert.equal(notebook.spec.template.spec.enableServiceLinks, false);
    await form.getByRole('button', { name: 'Close' }).click();
  });

  it('clones it with new volumes', async () => {
    const { workbench, page, kubectl, form } = parts();
    await workbench.menu(workbench.row(running(name)), 'Clone...');
    await form.getByRole('heading', { name: `Clone ${name}` }).waitFor();
    assert.equal(await form.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), `${name}-2`);
    const share = form.getByRole('radio', { name: 'Share the volumes' });
    await share.click();
    await form.getByRole('combobox', { name: 'Workspace: Volume' }).waitFor();
    await form.getByRole('radio', { name: /^New volumes/ }).click();
    await form.getByText('Ready to launch.').waitFor();
    await shoot(page, 'clone');
    await form.getByRole('button', { name: 'Launch' }).click();
    await form.getByText('The notebook server is running.').waitFor({ timeout: 120_000 });
    const copy = JSON.parse(await kubectl(['get', 'notebook', `${name}-2`, '-o', 'json'])) as Notebook;
    const { containers, volumes, enableServiceLinks } = copy.spec.template.spec;
    assert.equal(containers[0]?.name, `${name}-2`);
    assert.equal(volumes[0]?.persistentVolumeClaim?.claimName, `${name}-2-workspace`);
    assert.equal(enableServiceLinks, false, 'what the form does not know comes along');
    await kubectl(['get', 'pvc', `${name}-2-workspace`]);
    await form.getByRole('button', { name: 'Close' }).click();
  });

  it('offers Edit for a server that cannot start, and repairs it', async () => {
    const { workbench, page, kubectl, form, summary } = parts();
    await kubectl(['apply', '-f', '-'], server('broken', { image: 'ghcr.io/acme/missing:1' }));
    await workbench.row(/^Notebook server broken, .*does not exist/).waitFor({ timeout: 120_000 });
    await workbench.command('Kubeflow: Connect');
    await workbench.pick('broken');
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await form.getByRole('heading', { name: 'Edit broken' }).waitFor();
    await form.getByRole('textbox', { name: 'Custom image' }).fill(image);
    await summary.getByText('The pod that does not start is replaced.').waitFor();
    await form.getByRole('button', { name: /^Save( and Restart)?$/ }).click();
    await form.getByText('The notebook server is running.').waitFor({ timeout: 120_000 });
    await workbench.row(running('broken')).waitFor();
  });

  after(async () => {
    const { lab } = open.session;
    await lab.kubectl(['delete', 'notebooks,pvc', '-n', 'alice', '--all', '--wait=false']);
  });
});

interface Pod {
  metadata: { labels: Record<string, string> };
  spec: { containers: { resources: { requests: Record<string, string> } }[] };
}
interface Notebook {
  spec: {
    template: {
      spec: {
        enableServiceLinks?: boolean;
        containers: { name: string }[];
        volumes: { persistentVolumeClaim?: { claimName: string } }[];
      };
    };
  };
}
