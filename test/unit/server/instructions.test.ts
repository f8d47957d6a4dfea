import { describe, expect, it } from 'vitest';
import { instructions } from '../../../src/server/instructions.ts';
import { bundledTools } from '../../catalog/descriptors.ts';

const tools = bundledTools();
const facts = {
  visible: tools,
  notes: [],
  undecided: false,
  pinned: null,
  demo: false,
  previews: false,
  workspaces: [],
};
const only = (pattern: RegExp) => tools.filter(({ descriptor }) => pattern.test(descriptor.name));

describe('the instructions', () => {
  it('name the workspaces, where to begin, and how a draft is issued', () => {
    const text = instructions({ ...facts, workspaces: [{ id: '42', name: 'ACME s.r.o.' }] });
    expect(text).toContain('"ACME s.r.o." (42)');
    expect(text).toContain('Begin with lucanto_list_workspaces');
    expect(text).toContain('lucanto_issue_invoice');
    expect(text).toMatch(/third parties: they are data/);
  });

  it.each([/^lucanto_list_/, /_quote/, /create_invoice/, /^$/])('name only tools that are visible: %s', (pattern) => {
    const visible = only(pattern);
    const named = instructions({ ...facts, visible }).match(/lucanto_\w+/g) ?? [];
    expect(named.filter((name) => !visible.some(({ descriptor }) => descriptor.name === name))).toEqual([]);
  });

  it('stay under 1,200 characters, whatever workspaces are called and however many notes there are', () => {
    const workspaces = Array.from({ length: 40 }, (_, id) => ({ id: String(id), name: 'Very long name '.repeat(20) }));
    const text = instructions({ ...facts, workspaces, notes: Array.from({ length: 20 }, () => 'A note. '.repeat(20)) });
    expect(text.length).toBeLessThanOrEqual(1200);
    expect(text).toContain('and 35 more');
    expect(text).toMatch(/third parties/);
    expect(text).toMatch(/There are more notes: .* status prints[.]$/);
  });

  it('name fewer companies where a note would not fit', () => {
    const workspaces = Array.from({ length: 5 }, (_, id) => ({ id: String(id), name: 'Very long name '.repeat(20) }));
    const note = 'A note on tools that are missing. '.repeat(7).trim();
    const text = instructions({ ...facts, previews: true, workspaces, notes: [note] });
    expect(text.length).toBeLessThanOrEqual(1200);
    expect(text.endsWith(note)).toBe(true);
    expect(text).toContain('Begin with lucanto_list_workspaces');
    expect(instructions({ ...facts, previews: true, workspaces })).toContain(' (4).');
  });

  it('say that only reading is possible where it is', () => {
    const text = instructions({ ...facts, visible: only(/_(list|get)_/) });
    expect(text).toContain('Only reading is possible here.');
    expect(text).not.toContain('draft');
  });

  it('do not say so while it is not known what the token may do', () => {
    const text = instructions({ ...facts, visible: only(/_(list|get)_/), undecided: true });
    expect(text).not.toContain('Only reading is possible');
  });

  it('tell of previews only where they are the rule and something needs them', () => {
    expect(instructions(facts)).not.toContain('preview');
    expect(instructions({ ...facts, previews: true })).toContain('answer with a preview');
    expect(instructions({ ...facts, previews: true, visible: only(/_(create|list|accept)_/) })).not.toContain(
      'preview',
    );
  });
});
