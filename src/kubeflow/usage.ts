/** What a running server uses just now: of its GPUs by the driver, of its memory by the container's own cgroup. */
import type { Cluster } from '../k8s/cluster.ts';
import { exec } from '../k8s/exec.ts';
import type { ServerView } from './inventory.ts';
import { notebookContainer } from './objects.ts';
import { parseQuantity } from './quantity.ts';

export interface GpuUse {
  /** Undefined where the driver does not tell, as for MIG devices. */
  percent?: number;
  /** Bytes. */
  memory?: { used: number; total: number };
}

export interface Usage {
  gpus: GpuUse[];
  /** Bytes: as the kubelet counts it, without what the kernel can drop; and the container's limit. */
  memory?: { used: number; limit: number };
  /** The driver's command is a stand-in, and says so. */
  simulated?: boolean;
}

type Asked = Pick<ServerView, 'namespace' | 'name' | 'pod' | 'container' | 'gpus' | 'notebook'>;

/** A tooltip waits for nobody for long; ms. */
const limitMs = 4000;
const mark = '---gpus';

/** cgroup v2, else v1, as containers see their own; only what is there is printed. */
const memoryScript = [
  'cd /sys/fs/cgroup 2>/dev/null || exit 0',
  'p() { [ -r "$2" ] && echo "$1 $(cat "$2")"; }',
  'if [ -r memory.current ]; then p used memory.current; p limit memory.max; f=memory.stat; else',
  'p used memory/memory.usage_in_bytes; p limit memory/memory.limit_in_bytes; f=memory/memory.stat; fi',
  "[ -r $f ] && grep -E '^(total_)?inactive_file ' $f",
].join('\n');
const nvidia =
  'nvidia-smi --query-gpu=name,utilization.gpu,memory.used,memory.total --format=csv,noheader,nounits 2>/dev/null';
const amd = 'rocm-smi --showuse --showmeminfo vram --json 2>/dev/null';

/**
 * Asks in the server's container. The driver is asked only where GPUs were asked for.
 * @throws KubeError where exec is refused, takes too long or the image has no shell
 */
export async function usageOf(cluster: Cluster, view: Asked, signal?: AbortSignal): Promise<Usage> {
  const maker = view.gpus.some(({ key }) => key.startsWith('amd.com/')) ? amd : nvidia;
  const script = `(${memoryScript}\n)\n${view.gpus.length > 0 ? `echo ${mark}; ${maker}` : ''}\nexit 0`;
  const { stdout } = await exec(cluster, {
    namespace: view.namespace,
    pod: view.pod?.metadata.name ?? `${view.name}-0`,
    container: view.container ?? view.name,
    command: ['sh', '-c', script],
    timeoutMs: limitMs,
    ...(signal ? { signal } : {}),
  });
  const [memory = '', gpus = ''] = stdout.split(`${mark}\n`);
  const limit = notebookContainer(view.notebook)?.resources?.limits?.['memory'];
  const used = parseMemory(memory, limit === undefined ? undefined : parseQuantity(String(limit)));
  return {
    gpus: maker === amd ? parseRocmUse(gpus) : parseNvidiaUse(gpus),
    ...(used ? { memory: used } : {}),
    ...(/simulat|stand-in/i.test(gpus) ? { simulated: true } : {}),
  };
}

/**
 * What the cgroup files say, if they are those of this container: their limit must be the one that it was given. Where no
 * container isolates it, they tell of the whole machine. The kernel rounds a limit to its pages.
 */
export function parseMemory(text: string, given: number | undefined): Usage['memory'] {
  const value = (name: string) => Number(new RegExp(`^(?:total_)?${name} (\\d+)$`, 'm').exec(text)?.[1] ?? NaN);
  const [used, limit, inactive] = [value('used'), value('limit'), value('inactive_file')];
  if (given === undefined || !(Math.abs(limit - given) < 65_536) || Number.isNaN(used)) return undefined;
  return { used: Math.max(0, used - (inactive || 0)), limit };
}

/** `Tesla T4, 37, 1024, 15360` a device: percent and MiB. */
export function parseNvidiaUse(text: string): GpuUse[] {
  const lines = text.split('\n').filter((line) => line.split(',').length >= 4);
  return lines.map((line) => {
    const [percent, used, total] = line
      .split(',')
      .slice(-3)
      .map((cell) => Number.parseFloat(cell));
    return use(percent, used! * 2 ** 20, total! * 2 ** 20);
  });
}

/** `{"card0": {"GPU use (%)": "3", "VRAM Total Memory (B)": "…", "VRAM Total Used Memory (B)": "…"}}`. */
export function parseRocmUse(text: string): GpuUse[] {
  const start = text.indexOf('{');
  if (start < 0) return [];
  try {
    const cards = JSON.parse(text.slice(start)) as Record<string, Record<string, string>>;
    return Object.entries(cards)
      .filter(([name]) => name.startsWith('card'))
      .map(([, card]) =>
        use(
          Number(card['GPU use (%)']),
          Number(card['VRAM Total Used Memory (B)']),
          Number(card['VRAM Total Memory (B)']),
        ),
      );
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function use(percent: number | undefined, used: number, total: number): GpuUse {
  return {
    ...(Number.isFinite(percent) ? { percent } : {}),
    ...(Number.isFinite(used) && total > 0 ? { memory: { used, total } } : {}),
  };
}
