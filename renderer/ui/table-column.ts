/** A column of a table. `class` gives its width, and where it is left out. */
export interface TableColumn {
  readonly key: string
  readonly title: string
  readonly class?: string
}
