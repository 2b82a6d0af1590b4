/** Which GPUs the frameworks in a server's Python see: PyTorch, TensorFlow, JAX, as far as they are installed. */

export interface FrameworkCheck {
  /** PyTorch, TensorFlow or JAX. */
  name: string;
  version?: string;
  /** As the framework names them. */
  devices: string[];
  /** Whether this build can use GPUs at all; undefined where the framework does not say. */
  builtForGpu?: boolean;
  /** The last line of what went wrong; `timeout` when it took too long. */
  problem?: string;
}

/** Seconds for each; TensorFlow alone takes ten to load from a network volume. They run side by side. */
export const frameworkSeconds = 40;

const probes: Record<string, { module: string; code: string }> = {
  PyTorch: {
    module: 'torch',
    code: `
import torch
n = torch.cuda.device_count() if torch.cuda.is_available() else 0
out(version=torch.__version__, built=bool(torch.version.cuda or getattr(torch.version, 'hip', None)),
    devices=[torch.cuda.get_device_name(i) for i in range(n)])`,
  },
  TensorFlow: {
    module: 'tensorflow',
    code: `
import tensorflow as tf
out(version=tf.__version__, built=bool(tf.test.is_built_with_gpu_support()),
    devices=[d.name for d in tf.config.list_physical_devices('GPU')])`,
  },
  JAX: {
    module: 'jax',
    code: `
import jax
out(version=jax.__version__, devices=[str(d) for d in jax.devices() if d.platform != 'cpu'])`,
  },
};

const head = `
import json
def out(version, devices, built=None):
  print('\\n#' + json.dumps(dict(version=str(version), devices=devices, built=built)))
`;

/**
 * The Python program: looks for the frameworks without loading them, then asks each that is there in a process of its own,
 * as one that hangs or takes all GPU memory must not disturb the others. Prints one line of JSON for each.
 */
export const frameworkScript = `
import importlib.util, json, os, subprocess, sys, threading
probes = json.loads(${JSON.stringify(JSON.stringify(probes))})
head = json.loads(${JSON.stringify(JSON.stringify(head))})
env = dict(os.environ, XLA_PYTHON_CLIENT_PREALLOCATE='false', TF_FORCE_GPU_ALLOW_GROWTH='true', TF_CPP_MIN_LOG_LEVEL='3')
def ask(name, probe):
  found = dict(name=name)
  try:
    ran = subprocess.run([sys.executable, '-c', head + probe['code']], env=env, stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, timeout=${frameworkSeconds})
    lines = [line for line in ran.stdout.splitlines() if line.startswith('#')]
    if lines: found.update(json.loads(lines[-1][1:]))
    else: found['problem'] = (ran.stderr.strip().splitlines() or ['exit code %d' % ran.returncode])[-1]
  except subprocess.TimeoutExpired: found['problem'] = 'timeout'
  print(json.dumps(found), flush=True)
def there(module):
  try: return importlib.util.find_spec(module) is not None
  except Exception: return False
asked = [threading.Thread(target=ask, args=one) for one in probes.items() if there(one[1]['module'])]
for one in asked: one.start()
for one in asked: one.join()
`;

/** What the program printed; lines that are none of its own are left out. */
export function parseFrameworks(output: string): FrameworkCheck[] {
  const found = output.split('\n').flatMap((line): FrameworkCheck[] => {
    const { name, version, devices, built, problem } = objectIn(line);
    if (typeof name !== 'string' || !(name in probes)) return [];
    return [
      {
        name,
        devices: Array.isArray(devices) ? devices.map(String) : [],
        ...(typeof version === 'string' ? { version } : {}),
        ...(typeof built === 'boolean' ? { builtForGpu: built } : {}),
        ...(typeof problem === 'string' ? { problem } : {}),
      },
    ];
  });
  const order = Object.keys(probes);
  return found.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

function objectIn(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // What a library printed between.
    return {};
  }
}
