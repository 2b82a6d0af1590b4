import assert from 'node:assert/strict';
import { outputOf } from '../../../src/jupyter/kernelMessages.ts';

const said = (type: string, content: object) => outputOf({ header: { msg_type: type }, content } as never);

describe('what a kernel sends', () => {
  it('is a limit where Jupyter says that it drops outputs, and else what was printed', () => {
    const text = `IOPub message rate exceeded.
The Jupyter server will temporarily stop sending output
to the client in order to avoid crashing it.
To change this limit, set the config variable
\`--ServerApp.iopub_msg_rate_limit\`.

Current values:
ServerApp.iopub_msg_rate_limit=1000.0 (msgs/sec)
ServerApp.rate_limit_window=3.0 (secs)
`;
    assert.deepEqual(said('stream', { name: 'stderr', text }), {
      kind: 'limited',
      problem: { code: 'OutputLimited', what: 'messages', perSecond: 1000, option: 'ServerApp.iopub_msg_rate_limit' },
    });
    assert.equal(said('stream', { name: 'stdout', text })?.kind, 'stream');
    assert.equal(said('stream', { name: 'stderr', text: 'IOPub data rate exceeded.' })?.kind, 'stream');
  });

  it('is no output where it concerns widgets or is not known', () => {
    for (const type of ['comm_open', 'comm_msg', 'comm_close', 'debug_event', 'of_tomorrow'])
      assert.equal(said(type, { comm_id: 'c', data: {} }), undefined);
  });
});
