import { isJupyterError } from '../../jupyter/errors.ts';
import { rootFolder } from '../../jupyter/folders.ts';
import type { JupyterServer } from '../../jupyter/server.ts';
import type { KernelSession } from '../../jupyter/kernelSession.ts';
import type { Logger } from '../../k8s/log.ts';
import { placeOf, type Whereabouts } from './placeOf.ts';

/** A traceback names fewer files; an endless one must not ask the server for ever. */
const most = 50;
/** How long an answer holds: a cell that fails again and again asks once. */
const freshMs = 10_000;
const patienceMs = 10_000;

export interface PlacesScope {
  connection: { server: JupyterServer };
  /** The notebook's, from the server's root. */
  folder: string;
  kernel: KernelSession | undefined;
}

interface Known {
  root: Promise<string | undefined>;
  folders?: { home: string; realRoot: string };
  files: Map<string, { there: Promise<boolean>; at: number }>;
}

/** Which files of a server the paths in its programs' messages are. */
export class Places {
  private readonly known = new WeakMap<JupyterServer, Known>();

  constructor(private readonly logger: Logger) {}

  /** Of each path that names a file which can be opened, its path from the server's root. Rejects when nothing answers. */
  async find(paths: readonly string[], scope: PlacesScope): Promise<Map<string, string>> {
    const where = await this.whereabouts(paths, scope);
    const { server } = scope.connection;
    const asked = [...new Set(paths)].slice(0, most).map(async (path) => {
      const place = where && placeOf(path, where, scope.folder);
      return place !== undefined && (await this.isFile(server, place)) ? ([[path, place]] as const) : [];
    });
    return new Map((await Promise.all(asked)).flat());
  }

  private async whereabouts(paths: readonly string[], scope: PlacesScope): Promise<Whereabouts | undefined> {
    const { server } = scope.connection;
    const known = this.knownOf(server);
    const root = await known.root;
    if (root === undefined) return undefined;
    // What needs no kernel does not wait for one.
    const enough = paths.every((path) => placeOf(path, { root }, scope.folder) !== undefined);
    if (!enough) known.folders ??= await scope.kernel?.help.folders(root, AbortSignal.timeout(patienceMs));
    return { root, ...known.folders };
  }

  private knownOf(server: JupyterServer): Known {
    const before = this.known.get(server);
    if (before) return before;
    const root = rootFolder(server, AbortSignal.timeout(patienceMs));
    const known: Known = { root, files: new Map() };
    this.known.set(server, known);
    root.catch(() => this.known.delete(server));
    return known;
  }

  private isFile(server: JupyterServer, path: string): Promise<boolean> {
    const { files } = this.knownOf(server);
    const before = files.get(path);
    if (before && Date.now() - before.at < freshMs) return before.there;
    const there = server.contents.stat(path, AbortSignal.timeout(patienceMs)).then(
      ({ type }) => type !== 'directory',
      (error: unknown) => {
        if (!isJupyterError(error)) throw error;
        this.logger.debug(`a frame's file: ${error.message}`);
        return false;
      },
    );
    files.set(path, { there, at: Date.now() });
    return there;
  }
}
