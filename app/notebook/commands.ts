/**
 * What the keys of the notebook can do to a cell. A cell's view registers what it can do under its key, `lesson#id`;
 * a key for which the current cell has no command does nothing.
 */
export interface CellCommands {
  /** Starts; does nothing while already running. */
  play?(): void;
  pause?(): void;
  /** Starts where it stands still, pauses where it runs. */
  toggle?(): void;
  /** One iteration. */
  step?(): void;
  reset?(): void;
}

export type CommandName = keyof CellCommands;

const registry = new Map<string, CellCommands>();

/** Registers a cell's commands in place of earlier ones; returns what takes them back, for an effect's cleanup. */
export function registerCommands(cellKey: string, commands: CellCommands): () => void {
  registry.set(cellKey, commands);
  return () => {
    if (registry.get(cellKey) === commands) registry.delete(cellKey);
  };
}

/** Runs a cell's command; false where the cell has no such command. */
export function runCommand(cellKey: string, name: CommandName): boolean {
  const commands = registry.get(cellKey);
  if (!commands?.[name]) return false;
  commands[name]();
  return true;
}
