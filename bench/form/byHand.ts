import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import type { Lab } from '../../lab/index.ts';
import { ForwardLoop } from '../kernels/forwardLoop.ts';
import { becomesReady, notebookServer, type BenchServer } from '../server.ts';

/** The same by kubectl and a program: makes a server, forwards its port in a loop, starts a kernel and runs a line in it. */
export async function byHand(
  lab: Lab,
  server: Pick<BenchServer, 'namespace' | 'name' | 'pod'>,
): Promise<{ answers: number; output: number }> {
  const loop = await ForwardLoop.start(lab, server);
  try {
    await lab.kubectl(['apply', '-f', '-'], { as: 'alice', input: JSON.stringify(notebookServer(server.name)) });
    const ready = becomesReady(lab, server).then(() => performance.now());
    const [since, { answered, output }] = await Promise.all([ready, firstOutput(loop)]);
    return { answers: Math.max(0, answered - since), output: output - since };
  } finally {
    await loop.dispose();
    await lab.kubectl(['delete', 'notebook', server.name, '-n', server.namespace, '--cascade=foreground'], {
      as: 'admin',
    });
  }
}

/** Gives the moments of the first answer and of the first output. */
async function firstOutput(loop: ForwardLoop): Promise<{ answered: number; output: number }> {
  const answered = await untilAnswers(loop);
  await printed(loop.url);
  return { answered, output: performance.now() };
}

/** Gives the moment, in ms as `performance.now()`. */
async function untilAnswers(loop: ForwardLoop): Promise<number> {
  for (const until = performance.now() + 180_000; performance.now() < until; await delay(20)) {
    if (await loop.answers()) return performance.now();
  }
  throw new Error('the server did not answer in three minutes');
}

/** Starts a kernel and resolves when a line that it was given has printed something. */
async function printed(jupyter: string): Promise<void> {
  const headers = { 'content-type': 'application/json', cookie: '_xsrf=bench', 'x-xsrftoken': 'bench' };
  const kernels = new URL('api/kernels', jupyter);
  const answer = await fetch(kernels, { method: 'POST', headers, body: '{}' });
  if (!answer.ok) throw new Error(`Jupyter started no kernel: ${answer.status}`);
  const { id } = (await answer.json()) as { id: string };
  const socket = new WebSocket(`${kernels.href.replace(/^http/, 'ws')}/${id}/channels`);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('the connection ended before the cell had printed')));
      socket.on('open', () => socket.send(JSON.stringify(executeRequest('print("first")'))));
      socket.on('message', (data: Buffer) => {
        if ((JSON.parse(data.toString('utf8')) as { msg_type: string }).msg_type === 'stream') resolve();
      });
    });
  } finally {
    socket.close();
  }
}

function executeRequest(code: string): object {
  const header = { msg_id: crypto.randomUUID(), session: crypto.randomUUID(), username: '', date: '', version: '5.3' };
  const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
  return {
    channel: 'shell',
    header: { ...header, msg_type: 'execute_request' },
    parent_header: {},
    metadata: {},
    content,
  };
}
