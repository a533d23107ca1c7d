export { type Node, type NodeType } from './node.ts'
export { TreeReader, findNode } from './tree-reader.ts'
export { TreeWriter } from './tree-writer.ts'
export { goModeFromUnix, unixModeFromGo, nodeTypeOfGoMode } from './go-file-mode.ts'
