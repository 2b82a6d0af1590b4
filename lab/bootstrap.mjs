// The first step of every command of this repository (`npm start`, `npm test`, `npm run lab`, `npm run bench`): it runs
// before anything is installed and on a Node that may be too old, so it needs no dependency and only old syntax.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldestNode = 20;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Checks Node, installs the dependencies of package-lock.json where one is missing, and then loads the TypeScript program.
 * Ends the process with one sentence when it cannot.
 * @param {() => Promise<unknown>} load imports the program; TypeScript files can be imported inside it
 */
export function bootstrap(load) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < oldestNode) {
    stop(`Node ${oldestNode} or newer is needed; this is ${process.versions.node}.`);
  }
  if (!installed()) install();
  import('tsx/esm/api')
    .then((tsx) => {
      tsx.register();
      return load();
    })
    .catch((error) => {
      stop(error && error.stack ? error.stack : String(error));
    });
}

/** True if node_modules holds every package of package-lock.json in its version (packages of other platforms may miss). */
function installed() {
  const seen = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(seen)) return false;
  const has = JSON.parse(readFileSync(seen, 'utf8')).packages;
  const wants = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.keys(wants).every(
    (path) => path === '' || wants[path].optional || (has[path] && has[path].version === wants[path].version),
  );
}

function install() {
  console.log('Installing the dependencies (npm ci)...');
  try {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: 'inherit',
      env: npmEnv(process.env),
      shell: process.platform === 'win32',
    });
  } catch (error) {
    stop(`npm ci did not succeed in ${root} (${error.message}); its output is above.`);
  }
}

/**
 * An environment for a further npm: without what an outer `npm run` adds about its own package, with what names the user's
 * registry, proxy, certificates and cache.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function npmEnv(env) {
  const kept =
    /^npm_config_(.*registry|userconfig|globalconfig|cache|.*proxy|ca|cafile|cert|key|strict_ssl|offline|.*auth.*)$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/.test(name) || kept.test(name)));
}

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
