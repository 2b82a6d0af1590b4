import type { Asks } from './protocol.ts';

type Table = { [K in keyof Asks]?: (ask: Asks[K]['ask']) => Asks[K]['answer'] | Promise<Asks[K]['answer']> };

/** The child's side: answers what it is asked. */
export function answers(table: Table): void {
  process.on('message', (message: { id: number; what: keyof Asks; ask: never }) => {
    const { id, what, ask } = message;
    const answering = async (): Promise<unknown> => {
      const answer = table[what];
      if (!answer) throw new Error(`no answer to ${what}`);
      return answer(ask);
    };
    answering().then(
      (answer) => process.send?.({ id, answer }),
      (error: unknown) => process.send?.({ id, problem: error instanceof Error ? error.stack : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}
