import assert from 'node:assert/strict';
import { Probes } from '../../../src/editor/probes.ts';

describe('what VS Code looks for in every folder', () => {
  it('is answered without the server, at any depth', () => {
    const probes = new Probes();
    for (const path of ['.git', '.vscode/settings.json', 'work/.git/HEAD']) assert.ok(probes.absent('s', path), path);
    for (const path of ['', 'train.ipynb', '.env', 'x.git']) assert.ok(!probes.absent('s', path), path);
  });

  it('is asked of the server where it was seen or made, until it is gone', () => {
    const probes = new Probes();
    probes.listed('s', 'work', ['.git', 'a.py']);
    assert.ok(!probes.absent('s', 'work/.git/HEAD'));
    assert.ok(probes.absent('s', '.git'), 'not that of another folder');
    assert.ok(probes.absent('t', 'work/.git'), 'not that of another server');
    probes.listed('s', 'work', ['a.py']);
    assert.ok(probes.absent('s', 'work/.git'));
    probes.made('s', '.vscode/settings.json');
    assert.ok(!probes.absent('s', '.vscode/settings.json'));
  });
});
