import { spawn } from 'node:child_process';
import { markVariable } from './leftovers.ts';

/**
 * A shell, as it takes hardly any memory for all the time that it waits. Its input ends with the lab's daemon, however that
 * ends; then it ends what carries the mark, in rounds, as a program may be starting another one.
 */
const script = `
read -r _
mark="${markVariable}=$${markVariable}"
found=yes
while [ -n "$found" ]; do
  found=
  for folder in /proc/[0-9]*; do
    pid=\${folder#/proc/}
    if [ "$pid" != $$ ] && grep -qzxF "$mark" "$folder/environ" 2>/dev/null; then
      kill -9 "$pid" 2>/dev/null && found=yes
    fi
  done
done
`;

/**
 * Sees to it that a daemon that dies without a word (SIGKILL, out of memory) takes the lab's processes with it. To be called
 * in the daemon. It carries the mark itself, so that a lab that is stopped properly ends it with the rest.
 */
export function startGuardian(): void {
  const child = spawn('/bin/sh', ['-c', script, 'kubeflow-lab-guardian'], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  // Without it a dead daemon's processes stay until the next "up" or "down": no reason not to start.
  child.on('error', (error) => console.log(`No guardian: ${error.message}`));
  child.stdin.on('error', () => undefined);
}
