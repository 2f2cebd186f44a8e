/**
 * Writes, and finds out what became of it where the reply was lost: what was made after all is returned. `undo` runs only when
 * it certainly was not made. When not even that can be learned, it does not: better bytes in storage that nothing refers to
 * than a record of what is gone.
 */
export async function writeOrFind<Made>(steps: {
  write: () => Promise<Made>;
  find: () => Promise<Made | null>;
  undo: () => Promise<void>;
}): Promise<Made> {
  try {
    return await steps.write();
  } catch (error) {
    const found = await steps.find().catch(() => "unknown" as const);
    if (found === "unknown") throw error;
    if (found !== null) return found;
    await steps.undo();
    throw error;
  }
}
