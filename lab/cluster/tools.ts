import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheRoot, repository } from '../folders.ts';
import { withLock } from '../vscode/lock.ts';
import { Go } from './go.ts';

const source = path.join(repository, 'lab', 'tools');
const complete = 'complete.json';
/** Counted up when the programs must be built anew although go.mod is the same, e.g. with other flags. */
const recipe = 2;

/** The programs of the control plane, ready to run. */
export interface Tools {
  /** Holds `bin/` and kwok's own `kwok/crd` and `kwok/stage`. */
  folder: string;
  /** Versions by program, e.g. `{ kubernetes: 'v1.36.3', etcd: 'v3.6.5', kwok: 'v0.8.0' }`. */
  versions: Record<string, string>;
}

/**
 * Gives the programs that `lab/tools/go.mod` names, from the cache, or builds them (minutes, once: the cache's key is the
 * hash of go.mod and go.sum, and how they are built). Two callers at the same time build once.
 * @param progress told each second what is being built, and why
 * @throws Error with one sentence when Go is missing or too old, or when the build ends in an error
 */
export async function ensureTools(progress: (line: string) => void): Promise<Tools> {
  const folder = path.join(cacheRoot(), `tools-${await sourceHash()}`);
  const built = await fromCache(folder);
  if (built) return built;
  await mkdir(cacheRoot(), { recursive: true });
  return withLock(`${folder}.lock`, async () => (await fromCache(folder)) ?? (await build(folder, progress)));
}

async function fromCache(folder: string): Promise<Tools | undefined> {
  try {
    const versions = JSON.parse(await readFile(path.join(folder, complete), 'utf8')) as Record<string, string>;
    return { folder, versions };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function build(folder: string, progress: (line: string) => void): Promise<Tools> {
  const go = await Go.find(source);
  progress(
    'The lab runs the real Kubernetes, not a mock: its programs are built from source, once. The next start takes seconds.',
  );
  progress('On two cores the first build takes about 5 minutes.');
  const partial = `${folder}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(path.join(partial, 'bin'), { recursive: true });
  const packages = await go.downloadPackages(progress);
  const versions = {
    kubernetes: await go.moduleVersion('k8s.io/kubernetes'),
    etcd: await go.moduleVersion('go.etcd.io/etcd/server/v3'),
    kwok: await go.moduleVersion('sigs.k8s.io/kwok'),
  };
  const linkerFlags = ['-s -w', ...versionFlags(versions.kubernetes)].join(' ');
  await go.buildTools({ bin: path.join(partial, 'bin'), linkerFlags, packages }, progress);
  const kwok = await go.moduleFolder('sigs.k8s.io/kwok');
  await copyYaml(path.join(kwok, 'kustomize', 'crd', 'bases'), path.join(partial, 'kwok', 'crd'));
  await copyYaml(path.join(kwok, 'kustomize', 'stage'), path.join(partial, 'kwok', 'stage'));
  await writeFile(path.join(partial, complete), JSON.stringify(versions));
  await rm(folder, { recursive: true, force: true });
  await rename(partial, folder);
  progress('The programs of the control plane are built.');
  return { folder, versions };
}

/** Kubernetes' programs learn their version from the linker; without these flags they call themselves v0.0.0-master. */
function versionFlags(version: string): string[] {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((module) => [
    `-X ${module}.gitVersion=${version}`,
    `-X ${module}.gitMajor=${major}`,
    `-X ${module}.gitMinor=${minor}`,
  ]);
}

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256').update(`${recipe} ${process.platform} ${process.arch}\n`);
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(path.join(source, file)));
  return hash.digest('hex').slice(0, 12);
}

/** Copies the YAML files below `from`; Go's module cache is read-only, so the modes are not kept. */
async function copyYaml(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    const item = path.join(from, name);
    if ((await stat(item)).isDirectory()) {
      if (name !== 'testdata') await copyYaml(item, path.join(to, name));
    } else if (name.endsWith('.yaml')) {
      await writeFile(path.join(to, name), await readFile(item));
    }
  }
}
