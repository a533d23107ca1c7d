/** A column of a table. */
export interface TableColumn {
  readonly key: string
  readonly title: string
  /** Rem. Left out: it takes what the others leave, and no less than it can be read in. */
  readonly width?: number
  /** It says which row it is, and stays whatever the window. One column of each table. */
  readonly isMain?: boolean
  /** What it holds stands at its end: figures. */
  readonly isEnd?: boolean
}
