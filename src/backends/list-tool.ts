/** The tool that shows the records of a write, for hints: only one that the client sees is ever named. */
import type { Tool } from '../catalog/tool.ts';
import { plural, toolName } from '../contract/naming.ts';

/** @returns null where there is none. @param tool the one that the hint is about */
export type ListToolFinder = (resource: string, tool: string) => string | null;

export function listToolAmong(visible: () => readonly Tool[]): ListToolFinder {
  return (resource, tool) => {
    // A sub-collection has a list of its own: lucanto_create_project_task is seen in lucanto_list_project_tasks.
    const [, , ...noun] = tool.split('_');
    const names = [...(noun.length === 0 ? [] : [plural(noun.join('_'))]), resource].map((words) =>
      toolName(`list_${words}`),
    );
    const shown = new Set(visible().map(({ descriptor }) => descriptor.name));
    return names.find((name) => shown.has(name)) ?? null;
  };
}
