import assert from 'node:assert/strict';
import { ShownTimes } from '../../../src/editor/shownTimes.ts';

describe('the times of change that VS Code is told', () => {
  it('stay with a version and move on with each other one, older ones too', () => {
    const times = new ShownTimes();
    assert.equal(times.read('a', 100), 100);
    assert.equal(times.read('a', 100), 100);
    assert.equal(times.wrote('a', 100), 101, 'written in the same tick');
    assert.equal(times.read('a', 100), 101);
    assert.equal(times.read('a', 50), 102, 'an older file in its place');
    assert.equal(times.read('a', 200), 200);
    assert.equal(times.read('b', 7), 7);
    times.forget('a');
    assert.equal(times.knows('a'), false);
    assert.equal(times.read('a', 100), 201, 'another file of the same name');
    assert.ok(times.knows('a'));
  });
});
