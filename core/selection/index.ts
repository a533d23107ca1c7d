/**
 * A selection is what a backup leaves out, or a restore takes, by restic's patterns.
 */
export { compileComponent, type ComponentTest } from './component.ts'
export { type Environment, readExcludeFile } from './exclude-file.ts'
export type { TagProblem } from './folder-tag.ts'
export { createRestoreSelection, type RestoreSelection, type RestoreSelectionOptions } from './restore-selection.ts'
export { createSelection, type Selection, type SelectionOptions } from './selection.ts'
