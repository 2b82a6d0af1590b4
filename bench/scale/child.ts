import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repository } from '../../lab/folders.ts';
import type { Asks } from './protocol.ts';

type Reply = { id: number; answer: unknown } | { id: number; problem: string };

/** A process of its own that answers the bench's questions. */
export class Child {
  private readonly waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  private asked = 0;

  private constructor(private readonly process: ChildProcess) {
    process.on('message', (reply: Reply) => {
      const one = this.waiting.get(reply.id);
      this.waiting.delete(reply.id);
      if ('problem' in reply) one?.reject(new Error(reply.problem));
      else one?.resolve(reply.answer as never);
    });
    process.on('exit', (code) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`a child of the bench ended with ${code}`));
    });
  }

  /** Starts one of the programs that `esbuild.mjs --bench` makes. */
  static async start(program: 'subject' | 'load', flags: readonly string[] = []): Promise<Child> {
    const child = fork(join(repository, 'out', 'bench', `${program}.cjs`), [], {
      execArgv: ['--expose-gc', ...flags],
      serialization: 'advanced',
    });
    await once(child, 'spawn');
    return new Child(child);
  }

  ask<K extends keyof Asks>(what: K, ...ask: Asks[K]['ask'] extends undefined ? [] : [Asks[K]['ask']]) {
    const id = ++this.asked;
    return new Promise<Asks[K]['answer']>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.process.send({ id, what, ask: ask[0] });
    });
  }

  async end(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill();
    await gone;
  }
}
