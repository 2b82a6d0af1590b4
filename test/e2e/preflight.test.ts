import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { inOrder } from './inOrder.ts';
import { Session } from './session.ts';
import { clipped, shoot } from './shots.ts';

const name = 'detector';
const claim = 'measurements';

const leftover = `alice has a Service named ${name} that is no notebook server.`;
const overQuota = 'This is more than the GPU quota of alice has left: 1 of 1.';
const inUse = new RegExp(`${claim} works on one node at a time and is in use by pod/reader on \\w+-node-\\d`);

describe('a launch that something in the cluster stands in the way of, as alice', () => {
  const open = inOrder(() => Session.open('alice', { viewport: { width: 1300, height: 1050 } }));
  const parts = () => {
    const { workbench, lab } = open.session;
    const { page, webview: form } = workbench;
    const field = (label: string): Locator => form.getByRole('textbox', { name: label, exact: true });
    const button = (label: string): Locator => form.getByRole('button', { name: label, exact: true });
    return { workbench, lab, page, form, field, button };
  };
  const launched = () => open.session.lab.kubectl(['-n', 'alice', 'get', 'notebooks', '-o', 'name']);
  const isFocused = (control: Locator): Promise<void> =>
    control.evaluate(
      (element) =>
        new Promise<void>((resolve) => {
          if (element.matches(':focus-within')) resolve();
          else element.addEventListener('focusin', () => resolve(), { once: true });
        }),
    );

  before(async () => {
    const { lab } = open.session;
    const make = (kind: string, its: string, spec: object) =>
      lab.kubectl(['apply', '-f', '-'], {
        input: JSON.stringify({ apiVersion: 'v1', kind, metadata: { name: its, namespace: 'alice' }, spec }),
      });
    await make('Service', name, { ports: [{ port: 80 }], selector: { app: 'other' } });
    await make('PersistentVolumeClaim', claim, {
      ...{ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: claim } }];
    await make('Pod', 'reader', { containers: [{ name: 'main', image: 'busybox' }], volumes });
    await lab.kubectl(['-n', 'alice', 'wait', 'pod/reader', '--for=condition=PodScheduled', '--timeout=60s']);
  });
  after(async () => {
    const { lab } = open.session;
    const gone = ['--ignore-not-found', '--wait=false'];
    await lab.kubectl(['-n', 'alice', 'delete', 'pod', 'reader', '--force', '--grace-period=0', ...gone]);
    await lab.kubectl(['-n', 'alice', 'delete', 'notebooks,pvc', '--all', ...gone]);
    await lab.kubectl(['-n', 'alice', 'delete', 'service', name, ...gone]);
  });

  it('says beside the name, as it is typed, that a Service of somebody else has it', async () => {
    const { workbench, form, field } = parts();
    await workbench.openView('Kubeflow Notebooks');
    await workbench.row('Profile alice').waitFor();
    await workbench.viewAction('New Notebook Server');
    await form.getByText('Ready to launch.').waitFor();
    await field('Name').fill(name);
    await form.getByText(leftover).waitFor();
  });

  it('tells under the GPUs what the quota has, and that the cluster’s own are not known', async () => {
    const { form } = parts();
    await form.getByText('1 of 1 GPU of your quota left · how many the cluster has free is unknown').waitFor();
  });

  it('says beside the volume who has it, and on which node', async () => {
    const { form, field, page } = parts();
    await field('GPUs').fill('2');
    await form.getByText(overQuota).waitFor();
    await form.getByRole('button', { name: 'Add Data Volume' }).click();
    const volume = form.getByRole('region', { name: 'Data volumes' });
    await volume.getByRole('radio', { name: 'Existing' }).click();
    const choice = form.getByRole('combobox', { name: 'Data volume 1: Volume' });
    await choice.focus();
    await choice.press('ArrowDown');
    await form.getByText(inUse).waitFor();
    await page.mouse.move(0, 0);
  });

  it('does not launch, and leads to the first thing to fix', async () => {
    const { form, field, button } = parts();
    await button('Launch').click();
    await isFocused(field('GPUs'));
    await field('GPUs').fill('1');
    await form.getByText(overQuota).waitFor({ state: 'detached' });
    await button('Launch').click();
    await isFocused(field('Name'));
    await form.getByText(leftover).waitFor();
    await field('GPUs').fill('2');
    await form.getByText('2 to fix:').waitFor();
    assert.equal(await launched(), '');
  });

  for (const [label, shot] of [
    ['Light Modern', 'light'],
    ['Dark High Contrast', 'high-contrast'],
    ['Dark Modern', 'dark'],
  ] as const) {
    it(`says all of it in ${label}, cut off nowhere`, async () => {
      const { workbench, page, form } = parts();
      await workbench.theme(label);
      await form.getByText(leftover).waitFor();
      await form.getByText(inUse).scrollIntoViewIfNeeded();
      assert.deepEqual(await clipped(form.locator('.page')), []);
      await shoot(page, `preflight-blocked-${shot}`);
    });
  }

  it('asks about the warning that is left in a second step, which Escape leaves', async () => {
    const { form, field, button, page } = parts();
    await field('GPUs').fill('0');
    await field('Name').fill(`${name}-2`);
    await form.getByText('Ready to launch. 1 warning:').waitFor();
    await form.getByText('Checking with the cluster...').waitFor({ state: 'detached' });
    await field('Name').press('Enter');
    await isFocused(button('Launch Anyway'));
    await shoot(page, 'preflight-asks');
    assert.equal(await launched(), '');
    await page.keyboard.press('Escape');
    await isFocused(button('Launch'));
    assert.equal(await button('Launch Anyway').count(), 0);
  });

  it('launches when the warning is accepted, with the keyboard alone', async () => {
    const { form, field, button, workbench } = parts();
    await field('Name').press('Enter');
    await isFocused(button('Launch Anyway'));
    await button('Launch Anyway').press('Enter');
    await form.getByRole('heading', { name: `Launching ${name}-2` }).waitFor();
    await workbench.row(`Notebook server ${name}-2`).waitFor();
  });
});
