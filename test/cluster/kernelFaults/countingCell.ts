import type { ExecutionResult } from '../../../src/jupyter/kernelExecution.ts';
import type { OutputEvent } from '../../../src/jupyter/kernelMessages.ts';
import type { KernelSession } from '../../../src/jupyter/kernelSession.ts';

/** Counts until it finds a file, and says which processes it runs in. */
const code = (stop: string) => `import os, time
i = 0
print("processes", os.getpid(), os.getppid(), flush=True)
while not os.path.exists(${JSON.stringify(stop)}):
    print(i, flush=True); i += 1
    time.sleep(0.02)`;

/** A cell whose every number is missed when it does not come. */
export class CountingCell {
  /** The numbers and the places where output is said to be missing, in order. */
  readonly told: (number | Extract<OutputEvent, { kind: 'lost' }>)[] = [];
  readonly done: Promise<ExecutionResult>;
  result: ExecutionResult | undefined;
  private text = '';
  private readonly waiting = new Set<() => void>();

  constructor(session: KernelSession, stop: string) {
    this.done = session.execute(code(stop), { output: (event) => this.take(event) }).done.then((result) => {
      this.result = result;
      return result;
    });
  }

  get numbers(): number[] {
    return this.told.filter((one) => typeof one === 'number');
  }

  /** The processes of the kernel and of Jupyter. */
  get processes(): { kernel: number; jupyter: number } {
    const [, kernel, jupyter] = /processes (\d+) (\d+)\n/.exec(this.text) ?? [];
    if (!kernel || !jupyter || jupyter === '1') throw new Error(`no processes in: ${this.text.slice(0, 200)}`);
    return { kernel: Number(kernel), jupyter: Number(jupyter) };
  }

  /** Resolves when it has printed so many more numbers than now. */
  more(count: number, seconds = 30): Promise<void> {
    const wanted = this.numbers.length + count;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        reject(new Error(`no further output in ${seconds} s; so far: ${this.numbers.length} numbers`));
      }, seconds * 1000);
      const look = () => {
        if (this.numbers.length < wanted) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      look();
    });
  }

  /** Where numbers are missing and nothing says so, and where output is said to be missing and no number is. */
  get lies(): string[] {
    const found: string[] = [];
    let last = -1;
    let named = false;
    for (const one of this.told) {
      if (typeof one !== 'number') {
        named = true;
        continue;
      }
      const missing = one - last - 1;
      if (missing > 0 && !named) found.push(`${missing} numbers before ${one} are missing without a word`);
      if (missing === 0 && named) found.push(`nothing is missing before ${one}`);
      last = one;
      named = false;
    }
    return found;
  }

  private take(event: OutputEvent): void {
    if (event.kind === 'lost') this.told.push(event);
    if (event.kind === 'stream') this.read(event.text);
    for (const look of [...this.waiting]) look();
  }

  private read(text: string): void {
    const before = this.text.lastIndexOf('\n') + 1;
    this.text += text;
    const whole = this.text.slice(before, this.text.lastIndexOf('\n') + 1);
    for (const line of whole.split('\n')) if (/^\d+$/.test(line)) this.told.push(Number(line));
  }
}
