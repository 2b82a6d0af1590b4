/** Asks a kernel until it answers: on a busy machine that takes longer at times than anybody who types waits. */
export async function answered<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise(setImmediate);
  }
}
