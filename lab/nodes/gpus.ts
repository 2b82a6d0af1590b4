/** The model of the simulated cards, as `nvidia-smi` and the node label `nvidia.com/gpu.product` name it. */
export const gpuModel = 'Tesla T4';
export const gpuKey = 'nvidia.com/gpu';

/** The identity of a node's card: stable, and plainly not a real one. */
export function gpuUuid(node: string, index: number): string {
  return `GPU-simulated-${node}-${index}`;
}

/** Which cards of a node which pod has. Cards are given out by lowest index, as NVIDIA's device plugin does without hints. */
export class GpuAllocator {
  readonly #held = new Map<string, { node: string; cards: number[] }>();

  /**
   * Gives `count` cards of the node to the pod; asked again for the same pod, the same ones.
   * @throws Error when the node has not that many left, which the scheduler prevents
   */
  allocate(pod: string, node: string, count: number, capacity: number): number[] {
    const held = this.#held.get(pod);
    if (held) return held.cards;
    const taken = new Set([...this.#held.values()].filter((one) => one.node === node).flatMap((one) => one.cards));
    const free = Array.from({ length: capacity }, (_, index) => index).filter((index) => !taken.has(index));
    if (free.length < count) throw new Error(`${node} has ${free.length} of ${count} GPUs left`);
    const cards = free.slice(0, count);
    this.#held.set(pod, { node, cards });
    return cards;
  }

  release(pod: string): void {
    this.#held.delete(pod);
  }
}

/**
 * A stand-in for `nvidia-smi` as a POSIX shell script: `-L` lists the cards that the pod was given, no argument prints a
 * table. All it prints says that it is simulated.
 */
export function nvidiaSmiScript(node: string, cards: readonly number[]): string {
  const list = cards.map(
    (card, index) => `GPU ${index}: ${gpuModel} (UUID: ${gpuUuid(node, card)}) [simulated by the lab]`,
  );
  const line = '+---------------------------------------------------------------+';
  const row = (text: string) => `| ${text.padEnd(line.length - 4)} |`;
  const table = [
    line,
    row('NVIDIA-SMI (simulated by the lab; there is no GPU here)'),
    line,
    ...cards.map((_, index) => row(`${index}  ${gpuModel}          0 MiB / 15360 MiB      0%  Default`)),
    line,
    row('Processes: No running processes found'),
    line,
  ];
  const body = (lines: readonly string[]) => lines.map((text) => `printf '%s\\n' '${text}'`).join('; ');
  const none = `printf '%s\\n' 'No devices were found'; exit 6`;
  const csv = cards.map((card) => `${gpuModel}, ${gpuUuid(node, card)}`);
  // name,utilization.gpu,memory.used,memory.total, without units.
  const used = cards.map(() => `${gpuModel} [simulated by the lab], 0, 0, 15360`);
  return [
    '#!/bin/sh',
    '# Stands in for nvidia-smi on a simulated node.',
    'case "${1:-}" in',
    `  '') ${cards.length ? body(table) : none} ;;`,
    `  -L | --list-gpus) ${cards.length ? body(list) : none} ;;`,
    `  --query-gpu=*utilization*) ${cards.length ? body(used) : none} ;;`,
    `  --query-gpu=*) ${cards.length ? body(csv) : none} ;;`,
    `  *) printf '%s\\n' "Invalid combination of input arguments (this nvidia-smi is simulated by the lab): $1" >&2; exit 2 ;;`,
    'esac',
    '',
  ].join('\n');
}
