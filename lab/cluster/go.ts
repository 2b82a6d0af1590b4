import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const seconds = (since: number) => Math.round((Date.now() - since) / 1000);
const clock = (s: number) => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;

/** The Go toolchain, for the module in one folder. */
export class Go {
  private constructor(private readonly module: string) {}

  /**
   * Finds a Go that is new enough for the module in `folder`.
   * @throws Error with one sentence when there is none
   */
  static async find(folder: string): Promise<Go> {
    const wanted = /^go (\d+\.\d+)/m.exec(await readFile(path.join(folder, 'go.mod'), 'utf8'))?.[1] ?? '';
    const go = new Go(folder);
    const need = `The lab builds Kubernetes from source and needs Go ${wanted} or newer`;
    let version: string;
    try {
      version = (await go.run(['env', 'GOVERSION'])).trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        throw new Error(`${need}, but there is no "go" on the PATH. Install Go, or use a cluster of your own.`);
      }
      // With GOTOOLCHAIN=local an old Go refuses the go.mod before it answers anything.
      throw new Error(`${need}: ${(error as Error).message}`);
    }
    const [major = 0, minor = 0] = version
      .replace(/^go/, '')
      .split('.')
      .map((part) => parseInt(part, 10));
    const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
    if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
      throw new Error(`${need}; this is ${version}. Install a newer Go, or use a cluster of your own.`);
    }
    return go;
  }

  /** Downloads what the tools need and gives the number of packages to compile. */
  async downloadPackages(progress: (line: string) => void): Promise<number> {
    const began = Date.now();
    let modules = 0;
    const say = () =>
      progress(
        `Sources of Kubernetes, etcd and kwok: ${modules ? `${modules} Go modules downloaded` : 'looking what is there'}, ` +
          clock(seconds(began)),
      );
    const timer = setInterval(say, 1000);
    try {
      say();
      const packages = await this.run(['list', '-deps', '-f', '{{.ImportPath}}', 'tool'], (line) => {
        if (line.startsWith('go: downloading ')) modules++;
      });
      return packages.trim().split('\n').length;
    } finally {
      clearInterval(timer);
    }
  }

  /**
   * Compiles the module's tools into `bin`.
   * @param linkerFlags e.g. `-s -w` (no symbols: smaller programs)
   */
  async buildTools(
    o: { bin: string; linkerFlags: string; packages: number },
    progress: (line: string) => void,
  ): Promise<void> {
    const began = Date.now();
    let done = 0;
    let current = '';
    const say = () => {
      const share = Math.min(99, Math.round((100 * done) / Math.max(1, o.packages)));
      progress(
        `Building Kubernetes, etcd and kwok: ${share} %, ${clock(seconds(began))}${current && `, at ${current}`}`,
      );
    };
    const timer = setInterval(say, 1000);
    try {
      say();
      // -v names each package on stderr when its compilation begins.
      await this.run(['build', '-v', `-ldflags=${o.linkerFlags}`, '-o', o.bin, 'tool'], (line) => {
        if (/^[\w.-]+(\/[\w.~-]+)*$/.test(line)) {
          done++;
          current = line.split('/').slice(-3).join('/');
        }
      });
    } finally {
      clearInterval(timer);
    }
  }

  /** The folder of a module in Go's cache. */
  async moduleFolder(module: string): Promise<string> {
    return (await this.run(['list', '-m', '-f', '{{.Dir}}', module])).trim();
  }

  async moduleVersion(module: string): Promise<string> {
    return (await this.run(['list', '-m', '-f', '{{.Version}}', module])).trim();
  }

  /** Runs go in the module's folder and gives its output; its other lines go to `onLine`, and the last ones into the error. */
  private run(args: string[], onLine: (line: string) => void = () => undefined): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn('go', args, {
        cwd: this.module,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, CGO_ENABLED: '0' },
      });
      let output = '';
      const last: string[] = [];
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
      createInterface({ input: child.stderr }).on('line', (line) => {
        onLine(line);
        last.push(line);
        if (last.length > 10) last.shift();
      });
      child.on('error', reject);
      child.on('close', (code, signal) => {
        if (code === 0) resolve(output);
        else reject(new Error(`"go ${args[0]}" ended with ${signal ?? code}: ${last.join('\n')}`));
      });
    });
  }
}
